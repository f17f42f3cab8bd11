Gentile ${versamento.getAnagraficaDebitore().getRagioneSociale()?html},

il ${dominio.getRagioneSociale()?html} le ricorda il pagamento:
<#if versamento.getCausaleVersamento()??>
  ${versamento.getCausaleVersamento().getSimple()?html}
</#if>
  importo: ${versamento.importoTotale?string("#,##0.00")} euro

<#if versamento.getNumeroAvviso()?has_content>
<#assign avviso = versamento.getNumeroAvviso()>
Codice avviso: <#list 0..4 as i><#if (i * 4 < avviso?length)>${avviso[(i * 4)..*4]}<#sep> </#if></#list>
<#else>
L'avviso non è ancora disponibile.
</#if>

${date?date?string.full}
