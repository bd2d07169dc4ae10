/* SPDX-License-Identifier: Apache-2.0 */
#include "result/page.h"

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--paper:#fff;"
    "--card:#f6f8fa;--good:#1a7f37;--warn:#9a6700;--bad:#cf222e;--note:#0969da}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--line:#30363d;"
    "--paper:#0d1117;--card:#161b22;--good:#3fb950;--warn:#d29922;--bad:#f85149;"
    "--note:#58a6ff}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"
    "-apple-system,'Segoe UI',Roboto,'Noto Sans',Cantarell,sans-serif;"
    "text-rendering:optimizeLegibility}"
    "main{max-width:54rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}"
    "h1{font-size:1rem;font-weight:600;color:var(--soft);margin:0;letter-spacing:.01em}"
    "h2{font-size:1.3rem;margin:2.75rem 0 .75rem;line-height:1.3}"
    "h3{font-size:1.05rem;margin:0 0 .4rem;line-height:1.4}"
    "p{margin:.4rem 0}"
    ".verdict{border:1px solid var(--line);border-left:.45rem solid var(--tone);"
    "border-radius:.5rem;padding:1.25rem 1.5rem;margin:.75rem 0 1.25rem;"
    "background:var(--card)}"
    ".verdict strong{display:block;font-size:2.1rem;line-height:1.2;color:var(--tone);"
    "letter-spacing:-.01em}"
    ".clean{--tone:var(--good)}.suspect{--tone:var(--bad)}.incomplete{--tone:var(--warn)}"
    ".facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.25rem;margin:0}"
    ".facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}"
    ".counts{display:flex;flex-wrap:wrap;gap:.5rem;padding:0;margin:1rem 0;list-style:none}"
    ".counts li{border:1px solid var(--line);border-radius:2rem;padding:.1rem .8rem;"
    "font-size:.9rem}"
    ".card{border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.25rem;"
    "margin:.8rem 0;break-inside:avoid;background:var(--card)}"
    ".tag{display:inline-block;font-size:.75rem;font-weight:600;letter-spacing:.04em;"
    "text-transform:uppercase;color:var(--tone);border:1px solid currentColor;"
    "border-radius:.25rem;padding:.02rem .45rem;margin-right:.5rem;vertical-align:.1em}"
    ".critical,.high{--tone:var(--bad)}.medium{--tone:var(--warn)}.low{--tone:var(--note)}"
    ".info{--tone:var(--soft)}"
    "code,pre{font-family:ui-monospace,SFMono-Regular,'DejaVu Sans Mono',Menlo,Consolas,"
    "monospace;font-size:.83rem}"
    "code{overflow-wrap:anywhere}"
    "pre{overflow-x:auto;margin:.5rem 0 0;padding:.6rem .8rem;border-radius:.35rem;"
    "background:var(--paper);border:1px solid var(--line);line-height:1.45}"
    ".card .facts{font-size:.92rem;margin-top:.6rem}"
    ".next{margin-top:.7rem;padding-top:.6rem;border-top:1px solid var(--line)}"
    ".scroll{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.92rem}"
    "th,td{text-align:left;padding:.45rem .7rem .45rem 0;border-bottom:1px solid var(--line);"
    "vertical-align:top}"
    "th{font-weight:600;color:var(--soft)}"
    "td.mark{text-align:center;padding-left:.35rem;padding-right:.35rem}"
    "th.mark{text-align:center;padding-left:.35rem;padding-right:.35rem}"
    "td small{display:block;color:var(--soft)}"
    ".state{font-weight:600;color:var(--tone)}"
    ".seen{--tone:var(--good)}.partial,.failed,.refused{--tone:var(--bad)}"
    ".untried,.excluded,.unsupported{--tone:var(--warn)}.absent{--tone:var(--soft)}"
    "details>summary{cursor:pointer;color:var(--soft);margin:.5rem 0}"
    "ul.plain{padding-left:1.2rem}ul.plain li{margin:.35rem 0}"
    "footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);"
    "color:var(--soft);font-size:.85rem}"
    "@media print{body{font-size:11pt}main{padding:0;max-width:none}"
    "details>*{display:block}.card,.verdict{background:none}}";

void html_text(struct text *t, struct bytes b)
{
    bool utf8 = bytes_utf8(b);

    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.data[i];

        if (c == '&')
            text_puts(t, "&amp;");
        else if (c == '<')
            text_puts(t, "&lt;");
        else if (c == '>')
            text_puts(t, "&gt;");
        else if (c == '"')
            text_puts(t, "&quot;");
        else if (c == '\'')
            text_puts(t, "&#39;");
        else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || (c >= 0x80 && !utf8))
            text_puts(t, "&#xfffd;");
        else
            text_char(t, (char)c);
    }
}

void page_begin(struct text *t, struct bytes title)
{
    text_puts(t, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "style-src 'unsafe-inline'\">\n<title>");
    html_text(t, title);
    text_printf(t, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", style);
}

void page_end(struct text *t, struct bytes tool, const char *words)
{
    text_puts(t, "<footer>");
    html_text(t, tool);
    text_printf(t, ". %s</footer>\n</main>\n</body>\n</html>\n", words);
}
