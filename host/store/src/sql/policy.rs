//! What a guest's SQL may do, decided while SQLite compiles a statement.
//!
//! Everything not named here is refused. The host's own statements (BEGIN, the table of migrations) run on
//! the same connection, so a policy knows whose statement is being compiled; the host's are never kept in
//! the cache of compiled statements, where a guest that wrote the same text would find them.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use rusqlite::{
    Connection,
    hooks::{AuthAction, AuthContext, Authorization},
};

/// The table in which the host records an app's migrations. Guests may read it.
pub(super) const MIGRATIONS_TABLE: &str = "_atoll_migrations";
/// Names that guests may not take.
const RESERVED_PREFIX: &str = "_atoll_";

/// Modules of virtual tables that a guest may create.
const MODULES: &[&str] = &["fts5", "fts5vocab", "rtree", "rtree_i32"];
/// Tables that are there without having been created, and show the file rather than the data.
const TABLES_REFUSED: &[&str] = &["dbstat", "fts3tokenize"];
/// Functions that reach out of the database or into its memory.
const FUNCTIONS_REFUSED: &[&str] = &["load_extension", "fts3_tokenizer"];
/// PRAGMAs that only tell something, whatever their argument.
const PRAGMAS_WITH_ARGUMENT: &[&str] = &[
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "table_info",
    "table_list",
    "table_xinfo",
    // Puts off checking to the end of the transaction; undone by itself there.
    "defer_foreign_keys",
];
/// PRAGMAs that only tell something while they have no argument. The virtual tables ask for some.
const PRAGMAS_PLAIN: &[&str] = &[
    "collation_list",
    "data_version",
    "encoding",
    "foreign_keys",
    "freelist_count",
    "function_list",
    "max_page_count",
    "optimize",
    "page_count",
    "page_size",
    "schema_version",
    "user_version",
];

/// Whose statements a connection compiles, and why the last one was refused.
#[derive(Default)]
pub(super) struct Policy {
    guest: AtomicBool,
    refusal: Mutex<Option<String>>,
}

impl Policy {
    /// Puts the policy on a connection.
    pub(super) fn install(connection: &Connection) -> rusqlite::Result<Arc<Self>> {
        let policy = Arc::new(Self::default());
        let asked = Arc::clone(&policy);
        connection.authorizer(Some(move |context: AuthContext<'_>| asked.authorize(&context)))?;
        Ok(policy)
    }

    /// Runs something in the guest's name.
    pub(super) fn as_guest<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Also after a panic: the host's own next BEGIN must not be judged as a guest's.
        struct Host<'p>(&'p AtomicBool);
        impl Drop for Host<'_> {
            fn drop(&mut self) {
                self.0.store(false, Ordering::Relaxed);
            }
        }
        self.guest.store(true, Ordering::Relaxed);
        let _host = Host(&self.guest);
        work()
    }

    /// Why the last statement was refused, once.
    pub(super) fn take_refusal(&self) -> Option<String> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn authorize(&self, context: &AuthContext<'_>) -> Authorization {
        if !self.guest.load(Ordering::Relaxed) {
            return Authorization::Allow;
        }
        match decide(&context.action) {
            Ok(()) => Authorization::Allow,
            Err(refusal) => {
                self.refusal.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(refusal);
                Authorization::Deny
            }
        }
    }
}

/// Why nothing temporary can be made.
pub(super) const TEMPORARY: &str = "temporary tables, views and triggers are not available: they would outlive the call, or \
                         not live as long; use a common table expression";

fn decide(action: &AuthAction<'_>) -> Result<(), String> {
    use AuthAction as A;
    match *action {
        A::Select | A::Recursive | A::Analyze { .. } | A::Reindex { .. } => Ok(()),
        A::DropIndex { .. } | A::DropView { .. } => Ok(()),
        A::CreateView { view_name } => unreserved(view_name),

        A::Read { table_name, .. } => refuse_if(named(TABLES_REFUSED, table_name), || {
            format!("the table {table_name} is not available")
        }),
        A::Insert { table_name }
        | A::Update { table_name, .. }
        | A::Delete { table_name }
        | A::AlterTable { table_name, .. }
        | A::DropTable { table_name }
        | A::CreateTable { table_name }
        | A::CreateIndex { table_name, .. }
        | A::CreateTrigger { table_name, .. }
        | A::DropTrigger { table_name, .. } => unreserved(table_name),

        A::CreateVtable { table_name, module_name } | A::DropVtable { table_name, module_name } => {
            unreserved(table_name)?;
            refuse_if(!named(MODULES, module_name), || {
                format!(
                    "virtual tables of {module_name} are not available, only those of {}",
                    MODULES.join(", ")
                )
            })
        }
        A::Function { function_name } => refuse_if(named(FUNCTIONS_REFUSED, function_name), || {
            format!("the function {function_name} is not available")
        }),
        A::Pragma { pragma_name, pragma_value } => {
            let allowed = named(PRAGMAS_WITH_ARGUMENT, pragma_name)
                || (pragma_value.is_none() && named(PRAGMAS_PLAIN, pragma_name));
            refuse_if(!allowed, || match pragma_value {
                Some(_) if named(PRAGMAS_PLAIN, pragma_name) => {
                    format!("PRAGMA {pragma_name} can be read here, not set")
                }
                _ => format!("PRAGMA {pragma_name} is not available"),
            })
        }
        A::Transaction { .. } => {
            Err("BEGIN, COMMIT and ROLLBACK are not available: use batch, which is one \
                                      transaction"
                .into())
        }
        A::Savepoint { .. } => {
            Err("savepoints are not available: use batch, which is one transaction".into())
        }
        // VACUUM attaches a database, too.
        A::Attach { .. } | A::Detach { .. } => {
            Err("ATTACH, DETACH and VACUUM are not available: an app has one database".into())
        }
        A::CreateTempTable { .. }
        | A::CreateTempIndex { .. }
        | A::CreateTempTrigger { .. }
        | A::CreateTempView { .. }
        | A::DropTempTable { .. }
        | A::DropTempIndex { .. }
        | A::DropTempTrigger { .. }
        | A::DropTempView { .. } => Err(TEMPORARY.into()),
        _ => Err("this kind of statement is not available".into()),
    }
}

fn unreserved(table: &str) -> Result<(), String> {
    let reserved =
        table.get(..RESERVED_PREFIX.len()).is_some_and(|p| p.eq_ignore_ascii_case(RESERVED_PREFIX));
    refuse_if(reserved, || {
        format!("{table} is the host's own: tables whose names start with {RESERVED_PREFIX} can be read only")
    })
}

fn named(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn refuse_if(refused: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if refused { Err(reason()) } else { Ok(()) }
}
