//! `env.KV`.

use rquickjs::{Array, Ctx, Object, Result, TypedArray};

use super::error::throw;
use crate::{
    bindings::atoll::app::kv,
    call::require_call,
    text::{ByteVec, Text},
};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "kvGet" => get,
        "kvPut" => put,
        "kvCompareAndSet" => compare_and_set,
        "kvDelete" => delete,
        "kvList" => list,
    });
    Ok(())
}

/// `[bytes, metadata or null]`, or null.
fn get<'js>(ctx: Ctx<'js>, key: Text) -> Result<Option<Array<'js>>> {
    require_call(&ctx, "env.KV.get()")?;
    let Some(entry) = kv::get(&key.0).map_err(|error| throw(&ctx, "KV.get", error))? else {
        return Ok(None);
    };
    let pair = Array::new(ctx.clone())?;
    pair.set(0, TypedArray::<u8>::new(ctx.clone(), entry.value)?)?;
    pair.set(1, nullable(&ctx, entry.metadata)?)?;
    Ok(Some(pair))
}

fn put(ctx: Ctx<'_>, key: Text, value: ByteVec, ttl_s: Option<f64>, metadata: Option<Text>) -> Result<()> {
    require_call(&ctx, "env.KV.put()")?;
    let options = options(ttl_s, metadata);
    kv::put(&key.0, &value.0, &options).map_err(|error| throw(&ctx, "KV.put", error))
}

fn compare_and_set(
    ctx: Ctx<'_>,
    key: Text,
    expected: Option<ByteVec>,
    value: ByteVec,
    ttl_s: Option<f64>,
    metadata: Option<Text>,
) -> Result<bool> {
    require_call(&ctx, "env.KV.compareAndSet()")?;
    let (expected, options) = (expected.map(|bytes| bytes.0), options(ttl_s, metadata));
    kv::compare_and_set(&key.0, expected.as_deref(), &value.0, &options)
        .map_err(|error| throw(&ctx, "KV.compareAndSet", error))
}

fn options(ttl_s: Option<f64>, metadata: Option<Text>) -> kv::PutOptions {
    kv::PutOptions {
        expiration_ttl_s: ttl_s.map(|seconds| seconds as u64),
        metadata: metadata.map(|text| text.0),
    }
}

fn delete(ctx: Ctx<'_>, key: Text) -> Result<()> {
    require_call(&ctx, "env.KV.delete()")?;
    kv::delete(&key.0).map_err(|error| throw(&ctx, "KV.delete", error))
}

/// `[[name, expiration or null, metadata or null, …], cursor or null]`.
fn list<'js>(ctx: Ctx<'js>, prefix: Text, cursor: Option<Text>, limit: u32) -> Result<Array<'js>> {
    require_call(&ctx, "env.KV.list()")?;
    let page = kv::list(&prefix.0, cursor.as_ref().map(|c| c.0.as_str()), limit)
        .map_err(|error| throw(&ctx, "KV.list", error))?;
    let flat = Array::new(ctx.clone())?;
    for (i, key) in page.keys.into_iter().enumerate() {
        flat.set(3 * i, key.name)?;
        flat.set(3 * i + 1, nullable(&ctx, key.expiration_s.map(|s| s as f64))?)?;
        flat.set(3 * i + 2, nullable(&ctx, key.metadata)?)?;
    }
    let pair = Array::new(ctx.clone())?;
    pair.set(0, flat)?;
    pair.set(1, nullable(&ctx, page.cursor)?)?;
    Ok(pair)
}

/// null instead of undefined for what is absent.
fn nullable<'js, T: rquickjs::IntoJs<'js>>(ctx: &Ctx<'js>, value: Option<T>) -> Result<rquickjs::Value<'js>> {
    match value {
        Some(value) => value.into_js(ctx),
        None => Ok(rquickjs::Value::new_null(ctx.clone())),
    }
}
