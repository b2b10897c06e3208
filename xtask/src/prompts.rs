pub(crate) fn run(_a: &[String]) -> Result<(), String> {
    Err("being written".into())
}
