/** The one stylesheet, light and dark. Contrasts are at least 4.5 : 1 in both. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --sheet: #ffffff; --text: #1d2126; --soft: #565e69; --line: #d9dad5; --field: #8a919b;
  --main: #1d5b79; --on-main: #ffffff; --main-soft: #e6f0f5;
  --good: #1c6b3f; --good-soft: #e4f3ea; --warn: #7d4f00; --warn-soft: #fdf1d8; --bad: #9f2222; --bad-soft: #fbe7e5;
  --busy: #1d5b79; --busy-soft: #e6f0f5; --quiet: #565e69; --quiet-soft: #ececea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181b; --sheet: #1e2226; --text: #e8e9ea; --soft: #a9b1ba; --line: #363c43; --field: #7d8691;
    --main: #8cc8e6; --on-main: #0d2733; --main-soft: #1c3441;
    --good: #86d6a6; --good-soft: #173425; --warn: #f0c267; --warn-soft: #3b2e12; --bad: #f59a94; --bad-soft: #442120;
    --busy: #8cc8e6; --busy-soft: #1c3441; --quiet: #a9b1ba; --quiet-soft: #2b3036;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", sans-serif; }
body { margin: 0; background: var(--ground); color: var(--text); min-height: 100vh; display: flex; flex-direction: column; }
a { color: var(--main); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--sheet); padding: .5rem 1rem; z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

header { background: var(--sheet); border-bottom: 1px solid var(--line); }
.bar, .whose, main, footer form { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem; width: 100%; }
.bar { display: flex; justify-content: space-between; align-items: center; min-height: 3.25rem; }
.brand { display: inline-flex; gap: .45rem; color: var(--text); font-weight: 600; text-decoration: none; }
.brand .arrows { color: var(--main); }
.whose { padding-top: .25rem; }
.whose > a { font-size: .9rem; }
.tenant { font-size: 1.35rem; font-weight: 650; margin: .1rem 0 .6rem; overflow-wrap: anywhere; }
header nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; margin: 0; padding: 0; }
header nav a { display: block; padding: .45rem 0; color: var(--soft); text-decoration: none; border-bottom: 3px solid transparent; }
header nav a:hover { color: var(--text); }
header nav a[aria-current] { color: var(--text); font-weight: 600; border-color: var(--main); }
main { padding-top: 1.75rem; padding-bottom: 3rem; flex: 1; }
footer { border-top: 1px solid var(--line); }
footer form { display: flex; gap: 1.25rem; padding-top: .8rem; padding-bottom: .8rem; font-size: .9rem; }
footer [aria-current] { color: var(--text); text-decoration: none; font-weight: 600; }

h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0 0 .6rem; }
h3 { font-size: 1rem; margin: 0 0 .3rem; }
p { margin: 0 0 .8rem; max-width: 44rem; }
section { margin: 2rem 0; }
.lead { color: var(--soft); font-size: 1.05rem; }
.hint { color: var(--soft); font-size: .9rem; margin-bottom: .35rem; }
.block { display: block; }
.id { font-family: ui-monospace, "Cascadia Mono", Menlo, monospace; font-size: .88em; overflow-wrap: anywhere; }
td .id { white-space: nowrap; }
.narrow { max-width: 30rem; margin: 2rem auto; }

.badge { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; font-size: .88rem; font-weight: 600; white-space: nowrap; }
.notice { border-radius: .6rem; padding: 1rem 1.25rem; margin: 0 0 1.25rem; border-left: .3rem solid; }
.notice > :last-child { margin-bottom: 0; }
.notice .title { font-weight: 650; font-size: 1.1rem; margin-bottom: .25rem; }
.notice p, .notice li { color: var(--text); }
.good { color: var(--good); background: var(--good-soft); border-color: var(--good); }
.warn { color: var(--warn); background: var(--warn-soft); border-color: var(--warn); }
.bad { color: var(--bad); background: var(--bad-soft); border-color: var(--bad); }
.busy { color: var(--busy); background: var(--busy-soft); border-color: var(--busy); }
.quiet { color: var(--quiet); background: var(--quiet-soft); border-color: var(--quiet); }
.notice .title { color: inherit; }

form { margin: 0 0 1rem; }
.bar form, footer form { margin: 0 auto; }
.bar form { margin: 0; }
.field { margin: 0 0 1rem; max-width: 32rem; }
.field label, legend { display: block; font-weight: 600; margin-bottom: .25rem; }
input:not([type=checkbox], [type=radio]), select, textarea { font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--field); border-radius: .4rem; padding: .5rem .65rem; width: 100%; }
td select { min-width: 11rem; }
.secret { font-family: ui-monospace, Menlo, monospace; }
fieldset { border: 1px solid var(--line); border-radius: .6rem; background: var(--sheet); margin: 0 0 1.25rem; padding: .9rem 1.1rem; }
legend { padding: 0 .4rem; margin: 0 0 0 -.4rem; }
.check { display: flex; gap: .6rem; align-items: baseline; padding: .22rem 0; }
.check input { flex: none; width: 1.05rem; height: 1.05rem; translate: 0 .15rem; accent-color: var(--main); }
.under { margin-left: 1.65rem; }
button, .button { font: inherit; font-weight: 600; display: inline-block; cursor: pointer; padding: .5rem 1.1rem; border-radius: .4rem; border: 1px solid var(--field); background: var(--sheet); color: var(--text); text-decoration: none; }
button:hover, .button:hover { border-color: var(--text); }
.main { background: var(--main); color: var(--on-main); border-color: var(--main); }
button.danger { background: var(--bad); color: var(--sheet); border-color: var(--bad); }
.link { border: 0; background: none; padding: .25rem 0; color: var(--main); font-weight: 400; text-decoration: underline; text-underline-offset: .15em; }
.action { display: inline-block; margin: 0; }
.action + .hint { margin-top: .6rem; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: 0 0 .9rem; }
td.row { margin: 0; }
.apart { justify-content: space-between; }
.search { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: end; }
.search .wide { flex: 1 1 18rem; }
.search button { margin-bottom: 1rem; }

.table { position: relative; overflow-x: auto; margin: 0 0 1.25rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .7rem 1rem; color: var(--soft); font-size: .9rem; }
th, td { text-align: left; padding: .55rem 1rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { font-size: .85rem; color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; overflow-wrap: anywhere; min-width: 11rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }

.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 0 2rem; }
.columns > section { margin: 1rem 0; }
.counts, .facts { margin: 0 0 1.25rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem; }
.counts div, .facts div { display: flex; justify-content: space-between; gap: 1rem; padding: .55rem 1rem; }
.counts div + div, .facts div + div { border-top: 1px solid var(--line); }
.facts dt, .counts dt { color: var(--soft); }
.facts dd, .counts dd { margin: 0; font-weight: 600; text-align: right; }
.problem { background: var(--sheet); border: 1px solid var(--line); border-left: .3rem solid var(--warn); border-radius: .6rem; padding: 1rem 1.25rem; margin: 0 0 1rem; }
.records { list-style: none; margin: 0; padding: 0; }
.records > li { border-top: 1px solid var(--line); padding: .45rem 0; }
.details, details > summary { font-size: .92rem; }
.details { margin-top: .2rem; }
details { margin-bottom: 1rem; }
.problem details, .notice details, li details { margin-bottom: 0; }
details > summary { cursor: pointer; color: var(--main); width: fit-content; }
.details > summary { color: var(--soft); }
.notice .details > summary { color: inherit; }
.checklist { list-style: none; padding: 0; }
.checklist > li { padding: .5rem 0; border-bottom: 1px solid var(--line); }
.chips { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0; margin: 0 0 .8rem; }
.chips a { display: block; padding: .35rem .8rem; border: 1px solid var(--line); border-radius: 2rem; background: var(--sheet); text-decoration: none; color: var(--text); }
.chips a[aria-current] { border-color: var(--main); background: var(--main-soft); }
.small { font-size: .9rem; }
progress { width: 100%; height: 1.1rem; accent-color: var(--main); }
section.danger { border-top: 1px solid var(--line); padding-top: 1.5rem; }

.beside { display: grid; grid-template-columns: 13.5rem minmax(0, 1fr); gap: 2.5rem; }
.steps ol { list-style: none; margin: 0 0 1rem; padding: 0; counter-reset: step; }
.steps a { display: flex; gap: .6rem; padding: .42rem .6rem; border-radius: .4rem; text-decoration: none; color: var(--text); }
.steps a[aria-current] { background: var(--main-soft); font-weight: 600; }
.steps a:hover { text-decoration: underline; }
.sign { flex: none; width: 1.5rem; height: 1.5rem; line-height: 1.5rem; text-align: center; border-radius: 50%; font-size: .85rem; font-weight: 700; color: var(--quiet); background: var(--quiet-soft); }
.done .sign { color: var(--good); background: var(--good-soft); }
.open .sign { color: var(--warn); background: var(--warn-soft); }
@media (max-width: 48rem) {
  .beside { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
  .steps ol { display: flex; flex-wrap: wrap; gap: .2rem; }
}

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); gap: 1rem 1.5rem; margin: 0 0 1rem; }
.chart { margin: 0; background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem 1rem; }
.chart svg { display: block; width: 100%; height: 6rem; margin: .5rem 0 .2rem; }
.soft, .ends { color: var(--soft); font-size: .9rem; }
.ends { display: flex; justify-content: space-between; margin: 0; max-width: none; }
.bar-main { fill: var(--main); }
.bar-bad { fill: var(--bad); }
.bar-ground { fill: var(--field); }
.drawn { width: 45%; min-width: 5rem; vertical-align: middle; }
.beside-number { display: block; width: 100%; height: .8rem; }
`
