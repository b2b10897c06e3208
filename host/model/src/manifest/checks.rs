//! What a manifest must be besides well formed: one kind of backend, names that fit `env`, lists and texts with an end.

use std::collections::BTreeSet;

use super::{DESCRIPTION_CHARS_MAX, ENTRIES_MAX, Manifest, ManifestError, TITLE_CHARS_MAX};

/// Refuses a manifest that is well formed and makes no sense.
pub(super) fn check(manifest: &Manifest) -> Result<(), ManifestError> {
    if manifest.backend.is_none() && manifest.frontend.is_none() {
        return Err(ManifestError::new(
            "the app has neither a backend nor a frontend",
            Some("add [backend] with entry = \"backend/index.ts\", or [frontend]".into()),
            None,
        ));
    }
    if let Some(backend) = &manifest.backend {
        match (&backend.entry, &backend.component) {
            (Some(_), Some(_)) => {
                let hint = Some("keep one of the two".into());
                return Err(ManifestError::new("[backend] has both entry and component", hint, None));
            }
            (None, None) => {
                let hint = Some("add entry = \"backend/index.ts\"".into());
                return Err(ManifestError::new("[backend] has neither entry nor component", hint, None));
            }
            _ => {}
        }
    }
    check_sizes(manifest)?;
    check_schedules(manifest)?;
    let vars = || manifest.backend.iter().flat_map(|backend| backend.vars.keys());
    let secrets = || manifest.grants.secrets.iter().map(|secret| &secret.name);
    for name in secrets().chain(vars()) {
        check_binding(name)?;
    }
    let mut seen = BTreeSet::new();
    if let Some(name) = secrets().find(|name| !seen.insert(*name)) {
        let hint = Some("keep one of them".into());
        return Err(ManifestError::new(format!("the secret {name} is granted twice"), hint, None));
    }
    if let Some(name) = vars().find(|name| seen.contains(name)) {
        let message = format!("{name} is both a secret and a variable");
        return Err(ManifestError::new(message, Some("give one of them another name".into()), None));
    }
    if let Some(problem) =
        manifest.grants.secrets.iter().find_map(|secret| secret.problem(&manifest.grants.http))
    {
        let hint = "add the origin to http: a placeholder is replaced only in requests that the app may make";
        return Err(ManifestError::new(problem, Some(hint.into()), None));
    }
    Ok(())
}

/// Every event is held against every subscription, and the whole manifest is kept in memory: so each list
/// and each text has an end.
fn check_sizes(manifest: &Manifest) -> Result<(), ManifestError> {
    let lists = [
        ("[[events.publishes]]", manifest.events.publishes.len()),
        ("[[events.subscribes]]", manifest.events.subscribes.len()),
        ("[[schedule]]", manifest.schedule.len()),
        ("http in [grants]", manifest.grants.http.len()),
        ("secrets in [grants]", manifest.grants.secrets.len()),
        ("[backend.vars]", manifest.backend.as_ref().map_or(0, |backend| backend.vars.len())),
    ];
    if let Some((list, count)) = lists.into_iter().find(|(_, count)| *count > ENTRIES_MAX) {
        let message = format!("{list} has {count} entries; {ENTRIES_MAX} are allowed");
        return Err(ManifestError::new(message, Some("remove what is not needed".into()), None));
    }
    let texts = [
        ("title", &manifest.title, TITLE_CHARS_MAX),
        ("description", &manifest.description, DESCRIPTION_CHARS_MAX),
    ];
    for (key, text, max) in texts {
        let count = text.as_ref().map_or(0, |text| text.chars().count());
        if count > max {
            let message = format!("the {key} has {count} characters; {max} are allowed");
            return Err(ManifestError::new(message, Some("shorten it".into()), None));
        }
    }
    Ok(())
}

/// A schedule calls the backend, and is told apart by its expression and time zone.
fn check_schedules(manifest: &Manifest) -> Result<(), ManifestError> {
    if !manifest.schedule.is_empty() && manifest.backend.is_none() {
        let hint = "add a [backend] with a scheduled handler, or remove [[schedule]]";
        return Err(ManifestError::new("[[schedule]] needs a backend", Some(hint.into()), None));
    }
    let mut seen = BTreeSet::new();
    match manifest.schedule.iter().find(|schedule| !seen.insert(schedule.key())) {
        Some(twice) => Err(ManifestError::new(
            format!("the schedule {:?} in {} stands there twice", twice.cron.as_str(), twice.timezone),
            Some("keep one of them: the handler can do both things".into()),
            None,
        )),
        None => Ok(()),
    }
}

/// A binding of `env` is an identifier in capitals and must not hide a binding of the host.
pub(crate) fn check_binding(name: &str) -> Result<(), ManifestError> {
    let legal = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if !legal {
        let message = format!("{name:?} is not a name for a secret or variable");
        return Err(ManifestError::new(message, Some("write it as API_KEY".into()), None));
    }
    if matches!(name, "KV" | "DB" | "BUS" | "FILES") {
        let message = format!("{name} is the host's own binding and cannot be a secret or variable");
        return Err(ManifestError::new(message, Some("choose another name".into()), None));
    }
    Ok(())
}
