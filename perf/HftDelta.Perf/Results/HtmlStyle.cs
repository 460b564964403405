namespace HftDelta.Perf.Results;

/// <summary>
/// How the page looks: by the reader's choice light or dark, and on paper. Most eyes tell the colours of lines apart.
/// </summary>
internal static class HtmlStyle
{
    public const string Text = """
        :root {
          color-scheme: light dark;
          --page: #fdfdfc; --ink: #1b1f24; --faint: #57606a; --rule: #d8dce1; --minor: #edeff1; --panel: #f5f6f7;
          --c0: #1a66c4; --c1: #c9480a; --c2: #0e7f55; --c3: #6f42c1; --c4: #b3224f; --c5: #0a7a90; --c6: #7d5700; --c7: #8a929b;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14171b; --ink: #e6e9ed; --faint: #a2abb5; --rule: #373e46; --minor: #23282e; --panel: #1c2127;
            --c0: #6cb0f7; --c1: #f4935c; --c2: #4fcb97; --c3: #b79bf5; --c4: #f27f9f; --c5: #55c7dc; --c6: #d9ad52;
            --c7: #78828d;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 1360px; margin: 0 auto; padding: 24px 20px 80px; }
        h1 { font-size: 26px; margin: 0 0 12px; }
        h2 { font-size: 20px; margin: 44px 0 8px; padding-top: 14px; border-top: 2px solid var(--rule); }
        p { max-width: 100ch; margin: 8px 0; }
        .rule { color: var(--faint); }
        a { color: var(--c0); }
        dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; margin: 12px 0; font-size: 14px; }
        dt { color: var(--faint); }
        dd { margin: 0; max-width: 120ch; overflow-wrap: anywhere; }
        nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; list-style: none; }
        .wide { overflow-x: auto; margin: 14px 0; }
        table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
        th, td { padding: 3px 14px 3px 0; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
        th { color: var(--faint); font-weight: 600; }
        th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 18ch; }
        th.words, td.words { text-align: left; }
        th.list, td.list { text-align: left; white-space: normal; min-width: 24ch; max-width: 64ch; }
        .plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(480px, 100%), 1fr)); gap: 20px; }
        figure { margin: 0; padding: 12px; background: var(--panel); border-radius: 6px; break-inside: avoid; }
        figcaption { font-weight: 600; font-size: 14px; margin-bottom: 6px; overflow-wrap: anywhere; }
        figure > svg { width: 100%; height: auto; display: block; overflow: visible; }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; margin: 6px 0 0; padding: 0; font-size: 13px; }
        .swatch { width: 28px; height: 10px; margin-right: 6px; }
        .notes { font-size: 14px; color: var(--faint); max-width: 120ch; }
        svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
        svg text.tick { fill: var(--faint); font-size: 12.5px; }
        .grid { stroke: var(--rule); stroke-width: 1; }
        .grid.minor { stroke: var(--minor); }
        .axis { stroke: var(--faint); stroke-width: 1.2; }
        .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
        .dashed, .dotted { stroke-linecap: butt; }
        .dashed { stroke-dasharray: 7 4; }
        .dotted { stroke-dasharray: 2 3; }
        .bar { opacity: 0.45; }
        .line.c0 { stroke: var(--c0); } .mark.c0, .bar.c0 { fill: var(--c0); }
        .line.c1 { stroke: var(--c1); } .mark.c1, .bar.c1 { fill: var(--c1); }
        .line.c2 { stroke: var(--c2); } .mark.c2, .bar.c2 { fill: var(--c2); }
        .line.c3 { stroke: var(--c3); } .mark.c3, .bar.c3 { fill: var(--c3); }
        .line.c4 { stroke: var(--c4); } .mark.c4, .bar.c4 { fill: var(--c4); }
        .line.c5 { stroke: var(--c5); } .mark.c5, .bar.c5 { fill: var(--c5); }
        .line.c6 { stroke: var(--c6); } .mark.c6, .bar.c6 { fill: var(--c6); }
        .line.c7 { stroke: var(--c7); } .mark.c7, .bar.c7 { fill: var(--c7); }
        @media print, (max-width: 600px) {
          svg text, svg text.tick { font-size: 18px; }
          svg text.fine { display: none; }
        }
        @media (max-width: 600px) {
          main { padding: 16px 10px 60px; }
          table { font-size: 12.5px; }
          th, td { padding-right: 10px; }
          th:first-child, td:first-child { min-width: 16ch; }
          .plots { gap: 12px; }
        }
        @media print {
          :root {
            --page: #fff; --ink: #000; --faint: #444; --rule: #bbb; --minor: #e6e6e6; --panel: #fff;
            --c0: #1a66c4; --c1: #c9480a; --c2: #0e7f55; --c3: #6f42c1; --c4: #b3224f; --c5: #0a7a90; --c6: #7d5700; --c7: #777;
          }
          main { max-width: none; padding: 0; }
          .plots { grid-template-columns: 1fr 1fr; }
          .wide { overflow: visible; }
          table { font-size: 11px; }
          th, td { padding-right: 9px; }
          h2, thead { break-after: avoid; }
          tr, dl > * { break-inside: avoid; }
        }

        """;
}
