//! The timeline on a terminal: a row of blocks per kind, and the chance of the change.

use mantlet::ledger::Strips;

/// An eighth to a whole cell.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws it.
pub fn draw(strips: &Strips) -> String {
    let wide = strips.kinds.iter().map(|k| k.0.chars().count()).max().unwrap_or(0).max(16);
    let mut out = String::new();
    let mut row = |name: &str, cells: String, end: String| {
        out += &format!("{name:>wide$} {cells} {end}\n");
    };
    if let Some(since) = strips.since {
        row("since", " ".repeat(since) + "▼", String::new());
    }
    for (name, cells) in &strips.kinds {
        let most = cells.iter().flatten().copied().max().unwrap_or(0);
        let blocks = cells.iter().map(|cell| match cell {
            None => '╱',
            Some(0) => '·',
            Some(n) => block(f64::from(*n) / f64::from(most)),
        });
        row(name, blocks.collect(), format!("at most {most}"));
    }
    if !strips.belief.is_empty() {
        let most = strips.belief.iter().copied().fold(0.0, f64::max);
        let blocks =
            strips.belief.iter().map(|b| if *b < most / 16.0 { '·' } else { block(b / most) });
        row("the rate changed", blocks.collect(), format!("at most {:.0} %", 100.0 * most));
    }
    let cells = strips.kinds.first().map_or(0, |k| k.1.len());
    let (first, last) = (strips.first.to_string(), strips.last.to_string());
    if cells > first.len() + last.len() {
        let gap = " ".repeat(cells - first.len() - last.len());
        row("", format!("{first}{gap}{last}"), format!("{} days a cell", strips.cell_days));
    }
    out
}

fn block(share: f64) -> char {
    let eighth = (share * 8.0).ceil().clamp(1.0, 8.0) as usize;
    BLOCKS[eighth - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwatched_cells_are_not_quiet_ones() {
        let strips = Strips {
            first: "2020-01-01".parse().unwrap(),
            last: "2020-01-30".parse().unwrap(),
            cell_days: 1,
            kinds: vec![("rocket".into(), vec![Some(0), None, Some(4), Some(1)])],
            belief: vec![0.1, 0.8, 0.1],
            since: Some(2),
        };
        let text = draw(&strips);
        assert!(text.contains("          rocket ·╱█▂ at most 4\n"), "{text}");
        assert!(text.contains("           since   ▼"), "{text}");
        assert!(text.contains("the rate changed ▁█▁ at most 80 %"), "{text}");
    }
}
