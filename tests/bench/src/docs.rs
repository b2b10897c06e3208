//! Writes a run into `performance.md`, between the marks of each part that was measured; what it was measured on only
//! when that was every part. Draws the plot when all that it shows was measured. What stands outside of the marks is
//! people's.

use std::{fs, path::Path};

use crate::{Failure, markdown, parts, plot, progress, report::Report};

/// Of the part that says what the figures were measured on.
const SETTING: &str = "setting";

pub(crate) fn write(folder: &Path, report: &Report) -> Result<(), Failure> {
    let page = folder.join("performance.md");
    let mut text = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
    // A part measured by itself had not all the peers, and maybe another machine.
    if is_whole(report) {
        text = replaced(&text, SETTING, &markdown::setting(report))?;
    }
    for section in &report.sections {
        text = replaced(&text, section.name, &markdown::body(section))?;
    }
    fs::write(&page, text)?;
    progress(&format!("wrote {}", page.display()));
    match plot::draw(report) {
        Some(svg) => fs::write(folder.join("performance.svg"), svg)?,
        None => progress("the plot is as it was: not all that it shows was measured in this run"),
    }
    Ok(())
}

/// Whether every part was measured.
fn is_whole(report: &Report) -> bool {
    parts::ALL.iter().all(|part| report.sections.iter().any(|section| section.name == part.name))
}

/// The page with other text between a part's marks.
fn replaced(page: &str, name: &str, text: &str) -> Result<String, Failure> {
    let (begin, end) = (format!("<!-- bench {name} -->"), format!("<!-- end of bench {name} -->"));
    let missing = || format!("performance.md has no lines {begin} and {end}, in this order");
    let (before, rest) = page.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}\n{}\n{end}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let page = "a\n<!-- bench x -->\nold\n<!-- end of bench x -->\nb\n";
        let new = replaced(page, "x", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- bench x -->\nnew\n<!-- end of bench x -->\nb\n");
        assert_eq!(replaced(&new, "x", "new").unwrap(), new, "twice is once");
        assert!(replaced(page, "y", "").unwrap_err().to_string().contains("<!-- bench y -->"));
    }

    /// The page in this checkout takes every part.
    #[test]
    fn the_page_has_a_place_for_every_part() {
        let page = include_str!("../../../docs/performance.md");
        for name in parts::ALL.iter().map(|part| part.name).chain([SETTING]) {
            replaced(page, name, "").unwrap();
        }
    }
}
