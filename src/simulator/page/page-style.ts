import { STATE_LABELS } from "../../investigation/label.ts";

const labels = Object.values(STATE_LABELS).map(
  ({ color }) => `.c${color}{background:#${color};color:${isDark(color) ? "#fff" : "#1f2328"}}`,
);

/** Plain rules for small and large windows, bright and dark. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1f2328;--soft:#59636e;--line:#d1d9e0;--box:#f6f8fa;--link:#0969da;--good:#1a7f37;--done:#8250df;--bad:#cf222e;--meant:#fff8c5}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9198a1;--line:#3d444d;--box:#151b23;--link:#4493f8;--good:#238636;--done:#8957e5;--bad:#da3633;--meant:#3b2f0b}}
*{box-sizing:border-box}
body{margin:0 auto;padding:16px 20px 60px;max-width:1280px;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header{border-bottom:1px solid var(--line);padding-bottom:12px;margin-bottom:4px}
header p,.hint,.number,.when{color:var(--soft)}
h1{font-size:1.25rem;margin:0}h2{font-size:1.3rem;line-height:1.3;margin:1.4rem 0 .4rem;overflow-wrap:anywhere}.number{font-weight:400}
.text h3{font-size:1.05rem;margin:1rem 0 .3rem}.text h4,.text h5,.text h6{font-size:.95rem;margin:.8rem 0 .2rem}
.text>:first-child{margin-top:0}.text>:last-child{margin-bottom:0}.text{overflow-wrap:anywhere}
header p{margin:.2rem 0 0}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 330px;gap:28px}
.box{border:1px solid var(--line);border-radius:8px;margin:12px 0;padding:10px 14px}
.scroll{overflow-x:auto}
.comment{padding:0}.comment>.who{margin:0;padding:6px 14px;background:var(--box);border-bottom:1px solid var(--line);border-radius:8px 8px 0 0;font-size:.87rem}
.comment>.text{padding:10px 14px}.bot{border-color:var(--done)}.bot>.who{border-color:var(--done)}
.role{border:1px solid var(--line);border-radius:2em;padding:0 8px;color:var(--soft);font-size:.78rem;margin-left:4px}
aside .box{background:var(--box)}aside h2{margin:0 0 .4rem;font-size:1rem}
@media (min-width:861px){aside{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto}}
@media (max-width:860px){.columns{grid-template-columns:minmax(0,1fr);gap:0}body{padding:12px}.feed,.requests{max-height:16rem}}
.feed,.requests{margin:0;padding:0;list-style:none;max-height:44vh;overflow:auto;overflow-wrap:anywhere;font-size:.85rem}
.feed li,.requests li{padding:3px 0;border-bottom:1px solid var(--line)}.feed li:last-child,.requests li:last-child{border:0}
.requests{font-family:ui-monospace,monospace;font-size:.75rem}.bad{color:var(--bad)}
.row{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:.5rem 0}
.state,.label{border-radius:2em;padding:2px 10px;font-size:.8rem;font-weight:500;white-space:nowrap}
.state{color:#fff}.state.open{background:var(--good)}.state.closed{background:var(--bad)}.state.merged{background:var(--done)}.state.draft{background:#59636e}
.label{background:#1d76db;color:#fff}${labels.join("")}
.reactions{display:flex;flex-wrap:wrap;gap:6px;margin:0;padding:0 14px 10px}.reactions span{border:1px solid var(--line);border-radius:2em;padding:1px 10px;font-size:.8rem}
table{border-collapse:collapse;margin:.5rem 0;font-size:.87rem;overflow-wrap:normal}td,th{border:1px solid var(--line);padding:4px 8px;text-align:left;vertical-align:top}th{background:var(--box)}td{min-width:4.5rem}.comment td:nth-child(3){min-width:14rem}td code{overflow-wrap:normal}
code{background:var(--box);border:1px solid var(--line);padding:0 4px;border-radius:4px;font:.86em ui-monospace,monospace;overflow-wrap:anywhere}pre{background:var(--box);padding:10px;border-radius:6px;overflow:auto}pre code{padding:0;border:0}
.change .added{color:var(--good)}.change .removed{color:var(--bad)}.change .place{color:var(--soft)}
aside code{background:none}
ul,ol{padding-left:1.6rem}blockquote{margin:.5rem 0;padding:0 12px;border-left:3px solid var(--line);color:var(--soft)}
a{color:var(--link)}summary{cursor:pointer}details.box>summary{overflow-wrap:anywhere}
form{margin:0}.write{border-color:var(--soft)}
textarea{display:block;width:100%;margin:8px 0;padding:8px;border:1px solid var(--line);border-radius:6px;background:var(--bg);color:var(--fg);font:inherit;resize:vertical}
select,button{font:inherit;font-size:.9rem;padding:5px 12px;border-radius:6px;border:1px solid var(--line);background:var(--box);color:var(--fg);cursor:pointer;max-width:100%}
button.main{background:var(--good);color:#fff;border-color:transparent}
button:hover{filter:brightness(.96)}#said{color:var(--bad);margin:.4rem 0 0;min-height:1.5em}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.lines{border-collapse:collapse;margin:0;font:.82rem/1.5 ui-monospace,monospace}.lines td{border:0;padding:0 10px;white-space:pre;min-width:0!important}.lines td:first-child{color:var(--soft);text-align:right;user-select:none}
.meant td{background:var(--meant)}
`;

/** True when white letters are easier to read on it than black ones. */
function isDark(color: string): boolean {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return red * 0.3 + green * 0.59 + blue * 0.11 < 140;
}
