//! Finds the fonts that the PDFs embed, and says how to get them when they are missing.

use std::path::PathBuf;
use std::process::exit;

/// Name of the variable read by `include_bytes!` in `caratteri.rs`, and path inside `assets/node_modules`.
const FONT: [(&str, &str); 5] = [
    ("STAMPE_FONT_NORMALE", "@expo-google-fonts/titillium-web/400Regular/TitilliumWeb_400Regular.ttf"),
    ("STAMPE_FONT_MEDIO", "@expo-google-fonts/titillium-web/600SemiBold/TitilliumWeb_600SemiBold.ttf"),
    ("STAMPE_FONT_FORTE", "@expo-google-fonts/titillium-web/700Bold/TitilliumWeb_700Bold.ttf"),
    ("STAMPE_RISERVA_NORMALE", "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf"),
    ("STAMPE_RISERVA_FORTE", "@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf"),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let crate_dir = std::env::var("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let moduli = crate_dir.join("../../assets/node_modules");
    for (variabile, percorso) in FONT {
        let file = moduli.join(percorso);
        println!("cargo:rerun-if-changed={}", file.display());
        if !file.is_file() {
            eprintln!("error: manca il carattere `{percorso}`.");
            eprintln!("I caratteri delle stampe non sono nel repository. Dalla radice del progetto esegui:");
            eprintln!();
            eprintln!("    npm ci --prefix assets");
            eprintln!();
            exit(1);
        }
        println!("cargo:rustc-env={variabile}={}", file.display());
    }
}
