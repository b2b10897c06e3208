//! The rules, one a file. The table in the parent module says what each finds.

mod browser_storage;
mod computed_global;
mod fetch_origin;
mod missing_grant;
mod module_state;
mod no_dangerous_html;
mod no_dynamic_import;
mod no_eval;
mod no_navigation;
mod no_process;
mod no_prototype_writes;
mod no_require;
mod no_script_injection;
mod unbounded_loop;
mod undeclared_event;

use super::Rule;

/// All rules, in the order of the table.
pub(super) const ALL: [&Rule; 15] = [
    &no_eval::RULE,
    &no_prototype_writes::RULE,
    &no_dynamic_import::RULE,
    &no_require::RULE,
    &no_process::RULE,
    &no_navigation::RULE,
    &no_script_injection::RULE,
    &no_dangerous_html::RULE,
    &fetch_origin::RULE,
    &module_state::RULE,
    &missing_grant::RULE,
    &undeclared_event::RULE,
    &unbounded_loop::RULE,
    &computed_global::RULE,
    &browser_storage::RULE,
];

#[cfg(test)]
mod tests {
    use atoll_model::Severity;

    use super::*;

    #[test]
    fn the_table_in_the_docs_has_every_rule_with_its_severity() {
        let docs = include_str!("../scan.rs");
        for rule in ALL {
            let severity = if rule.severity == Severity::Error { "error" } else { "warning" };
            assert!(docs.contains(&format!("| `{}` | {severity} |", rule.id)), "{}", rule.id);
        }
        assert_eq!(docs.matches("//! | `scan/").count(), ALL.len());
    }
}
