//! Finds the page that reads OpenAPI documents, and says how to get it when it is missing.

use std::path::PathBuf;
use std::process::exit;

/// Name of the variable read by `include_bytes!` in `openapi/pagina.rs`, and path inside `assets/node_modules`.
const FILE: [(&str, &str); 2] = [("API_SWAGGER_SCRIPT", "swagger-ui-dist/swagger-ui-bundle.js"), ("API_SWAGGER_STILE", "swagger-ui-dist/swagger-ui.css")];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let crate_dir = std::env::var("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let moduli = crate_dir.join("../../assets/node_modules");
    for (variabile, percorso) in FILE {
        let file = moduli.join(percorso);
        println!("cargo:rerun-if-changed={}", file.display());
        if !file.is_file() {
            eprintln!("error: manca `{percorso}`, la pagina che mostra le API.");
            eprintln!("Non è nel repository. Dalla radice del progetto esegui:");
            eprintln!();
            eprintln!("    npm ci --prefix assets");
            eprintln!();
            exit(1);
        }
        println!("cargo:rustc-env={variabile}={}", file.display());
    }
}
