//! Columns of text for the terminal.

/// A table with a header, its columns as wide as their widest cell, lines cut at
/// `width` characters.
pub fn table(rows: &[Vec<String>], width: usize) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|r| r.get(c)).map(|t| t.chars().count()).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, wide) in row.iter().zip(&wide) {
            line += cell;
            line += &" ".repeat(wide - cell.chars().count() + 2);
        }
        let line = line.trim_end();
        if line.chars().count() > width {
            out.extend(line.chars().take(width - 1));
            out.push('…');
        } else {
            out += line;
        }
        out.push('\n');
    }
    out
}

/// Width to write for: the terminal's, or 100 where there is none.
pub fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    columns.unwrap_or(100).clamp(60, 200)
}

/// Words in lines of `width`, after `lead` and under it.
pub fn wrap(text: &str, lead: &str, width: usize) -> String {
    let indent = " ".repeat(lead.chars().count());
    let mut out = String::from(lead);
    let mut used = indent.len();
    let mut first = true;
    for word in text.split(' ') {
        let long = word.chars().count();
        if !first && used + 1 + long > width {
            out.push('\n');
            out += &indent;
            used = indent.len();
            first = true;
        }
        if !first {
            out.push(' ');
            used += 1;
        }
        out += word;
        used += long;
        first = false;
    }
    out.push('\n');
    out
}
