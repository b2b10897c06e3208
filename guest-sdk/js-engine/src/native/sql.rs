//! `env.DB`.

use rquickjs::{Array, Atom, BigInt, Ctx, IntoJs, Object, Result, Value};

use super::{array::array_of, error::throw};
use crate::{
    bindings::atoll::app::sql::{self, Rows, Statement, Value as SqlValue},
    call::require_call,
    text::{ByteVec, Text},
};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, { "sqlQuery" => query, "sqlBatch" => batch, "sqlExec" => exec, });
    Ok(())
}

/// `{ rows, columns, changes, lastRowId, durationMs }`; each row an object, or an array of its values.
fn query<'js>(ctx: Ctx<'js>, text: Text, parameters: Array<'js>, arrays: bool) -> Result<Object<'js>> {
    require_call(&ctx, "env.DB")?;
    let rows = sql::query(&statement(text, &parameters)?).map_err(|error| throw(&ctx, "D1_ERROR", error))?;
    answer(&ctx, rows, arrays)
}

/// For `[[sql, parameters], …]` a list of what `query` answers, with objects.
fn batch<'js>(ctx: Ctx<'js>, list: Array<'js>) -> Result<Array<'js>> {
    require_call(&ctx, "env.DB")?;
    let statements = list
        .iter::<Array<'js>>()
        .map(|pair| pair.and_then(|pair| statement(pair.get(0)?, &pair.get(1)?)))
        .collect::<Result<Vec<_>>>()?;
    let results = sql::batch(&statements).map_err(|error| throw(&ctx, "D1_ERROR", error))?;
    let array = Array::new(ctx.clone())?;
    for (i, rows) in results.into_iter().enumerate() {
        array.set(i, answer(&ctx, rows, false)?)?;
    }
    Ok(array)
}

fn exec(ctx: Ctx<'_>, script: Text) -> Result<u32> {
    require_call(&ctx, "env.DB")?;
    sql::exec(&script.0).map_err(|error| throw(&ctx, "D1_ERROR", error))
}

fn statement<'js>(text: Text, parameters: &Array<'js>) -> Result<Statement> {
    let parameters =
        parameters.iter::<Value<'js>>().map(|value| parameter(value?)).collect::<Result<Vec<_>>>()?;
    Ok(Statement { sql: text.0, parameters })
}

/// Numbers without a fraction are INTEGER, as far as a double holds them exactly.
fn parameter(value: Value<'_>) -> Result<SqlValue> {
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    if value.is_null() {
        Ok(SqlValue::Null)
    } else if let Some(integer) = value.as_int() {
        Ok(SqlValue::Integer(i64::from(integer)))
    } else if let Some(number) = value.as_float() {
        let whole = number.trunc() == number && number.abs() <= EXACT_MAX;
        Ok(if whole { SqlValue::Integer(number as i64) } else { SqlValue::Real(number) })
    } else if value.is_string() {
        Ok(SqlValue::Text(value.get::<Text>()?.0))
    } else if let Some(integer) = value.clone().into_big_int() {
        Ok(SqlValue::Integer(BigInt::to_i64(integer)?))
    } else {
        Ok(SqlValue::Blob(value.get::<ByteVec>()?.0))
    }
}

fn answer<'js>(ctx: &Ctx<'js>, answer: Rows, arrays: bool) -> Result<Object<'js>> {
    let columns = answer
        .columns
        .iter()
        .map(|name| Atom::from_str(ctx.clone(), name))
        .collect::<Result<Vec<Atom<'js>>>>()?;
    let rows = Array::new(ctx.clone())?;
    for (i, row) in answer.rows.into_iter().enumerate() {
        if arrays {
            let values = row.into_iter().map(|value| to_js(ctx, value)).collect::<Result<Vec<_>>>()?;
            rows.set(i, array_of(ctx, values)?)?;
        } else {
            let object = Object::new(ctx.clone())?;
            for (name, value) in columns.iter().zip(row) {
                object.set(name.clone(), to_js(ctx, value)?)?;
            }
            rows.set(i, object)?;
        }
    }
    let object = Object::new(ctx.clone())?;
    object.set("rows", rows)?;
    object.set("columns", answer.columns)?;
    object.set("changes", answer.changes as f64)?;
    object.set("lastRowId", answer.last_row_id as f64)?;
    object.set("durationMs", answer.duration_us as f64 / 1e3)?;
    Ok(object)
}

/// As D1 has it: integers are numbers, bytes are an array of numbers.
fn to_js<'js>(ctx: &Ctx<'js>, value: SqlValue) -> Result<Value<'js>> {
    match value {
        SqlValue::Null => Ok(Value::new_null(ctx.clone())),
        SqlValue::Integer(integer) => match i32::try_from(integer) {
            Ok(small) => small.into_js(ctx),
            Err(_) => (integer as f64).into_js(ctx),
        },
        SqlValue::Real(number) => number.into_js(ctx),
        SqlValue::Text(text) => text.into_js(ctx),
        SqlValue::Blob(bytes) => bytes.into_js(ctx),
    }
}
