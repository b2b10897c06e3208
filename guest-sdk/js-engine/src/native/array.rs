//! Arrays in one piece: setting their items one by one is what costs.

use rquickjs::{Array, Ctx, FromJs, Result, Value, qjs};

/// An array of values.
pub(super) fn array_of<'js>(ctx: &Ctx<'js>, values: Vec<Value<'js>>) -> Result<Array<'js>> {
    let raw: Vec<qjs::JSValue> = values.iter().map(Value::as_raw).collect();
    // QuickJS takes the values over, also when it fails.
    values.into_iter().for_each(std::mem::forget);
    let length = i32::try_from(raw.len()).unwrap_or(i32::MAX);
    // SAFETY: the values are live, of this runtime, and as many as are said.
    let array = unsafe { qjs::JS_NewArrayFrom(ctx.as_raw().as_ptr(), length, raw.as_ptr()) };
    // SAFETY: the result is an owned value.
    unsafe {
        if qjs::JS_IsException(array) {
            return Err(rquickjs::Error::Exception);
        }
        Array::from_js(ctx, Value::from_raw(ctx.clone(), array))
    }
}
