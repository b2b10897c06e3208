//! `JSON.stringify` without a replacer and without indentation, which is what nearly every response is made with.
//! QuickJS's own asks for each object's keys as an array of strings, and glues strings; this one writes into one
//! buffer, knows a key again when the next object has it, and reads objects of plain values where they lie. What the standard says of order, of `toJSON` and of
//! getters is the same, but that they are asked a second time when it turns out that the value is left to QuickJS.

mod quote;

use std::{ffi::c_int, mem::MaybeUninit};

use rquickjs::{Ctx, Exception, Object, Result, Value, qjs};

/// How deep a value may be nested. What is deeper, and what is rare, is left to QuickJS.
const DEPTH_MAX: usize = 128;
/// How many keys are known again.
const KEYS_MAX: usize = 32;

/// QuickJS's class numbers of what is written here (`JS_CLASS_OBJECT`, `JS_CLASS_ARRAY`); other objects are rare, and
/// some of them stand for a primitive value.
const CLASS_OBJECT: u32 = 1;
const CLASS_ARRAY: u32 = 2;

/// How many members of an object are looked at together.
const FLAT_MAX: usize = 32;

unsafe extern "C" {
    /// Of `quickjs.patch`: the members of an object that has nothing but primitive values, or -1.
    fn JS_GetFlatProperties(
        ctx: *mut qjs::JSContext,
        object: qjs::JSValue,
        max: c_int,
        names: *mut qjs::JSAtom,
        values: *mut qjs::JSValue,
    ) -> c_int;
}

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, { "jsonStringify" => stringify, });
    Ok(())
}

/// The text; undefined for what has none; null for what is left to QuickJS.
fn stringify<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Value<'js>> {
    let raw = ctx.as_raw().as_ptr();
    let mut writer = Writer::new(raw);
    // SAFETY: the value is live as long as this call, and of this context.
    let wrote = unsafe { writer.value(value.as_raw(), Key::None) };
    match wrote {
        // SAFETY: the bytes are UTF-8, and the new value is owned.
        Ok(true) => unsafe {
            let text = qjs::JS_NewStringLen(raw, writer.out.as_ptr().cast(), writer.out.len() as _);
            if qjs::JS_IsException(text) {
                return Err(rquickjs::Error::Exception);
            }
            Ok(Value::from_raw(ctx.clone(), text))
        },
        Ok(false) => Ok(Value::new_undefined(ctx.clone())),
        Err(Stop::NotHere) => Ok(Value::new_null(ctx.clone())),
        Err(Stop::BigInt) => Err(Exception::throw_type(&ctx, "BigInt are forbidden in JSON.stringify")),
        Err(Stop::Circular) => Err(Exception::throw_type(&ctx, "circular reference")),
        Err(Stop::Exception) => Err(rquickjs::Error::Exception),
    }
}

/// Why there is no text.
enum Stop {
    Exception,
    BigInt,
    Circular,
    NotHere,
}

/// What a value is found by in what holds it; `toJSON` is told.
#[derive(Clone, Copy)]
enum Key {
    None,
    Index(u32),
    Name(qjs::JSAtom),
}

struct Writer {
    ctx: *mut qjs::JSContext,
    out: Vec<u8>,
    to_json: qjs::JSAtom,
    /// The objects that the present one is in.
    above: Vec<*mut std::ffi::c_void>,
    /// Keys that were written, quoted and with a colon, and where the next search begins.
    keys: Vec<(qjs::JSAtom, Vec<u8>)>,
    next_key: usize,
}

impl Drop for Writer {
    fn drop(&mut self) {
        // SAFETY: `new` and `key` took them, once each.
        unsafe {
            qjs::JS_FreeAtom(self.ctx, self.to_json);
            for (atom, _) in &self.keys {
                qjs::JS_FreeAtom(self.ctx, *atom);
            }
        }
    }
}

/// Frees a value when it goes.
struct Owned(*mut qjs::JSContext, qjs::JSValue);

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: whoever made this owned the value.
        unsafe { qjs::JS_FreeValue(self.0, self.1) };
    }
}

// SAFETY, for all that follows: values are live and of this context while they are looked at: what a function gets
// belongs to its caller, and what it takes from an object it owns.
impl Writer {
    fn new(ctx: *mut qjs::JSContext) -> Self {
        let name = b"toJSON";
        let to_json = unsafe { qjs::JS_NewAtomLen(ctx, name.as_ptr().cast(), name.len() as _) };
        Self { ctx, out: Vec::with_capacity(256), to_json, above: Vec::new(), keys: Vec::new(), next_key: 0 }
    }

    fn owned(&self, value: qjs::JSValue) -> std::result::Result<Owned, Stop> {
        if unsafe { qjs::JS_IsException(value) } { Err(Stop::Exception) } else { Ok(Owned(self.ctx, value)) }
    }

    /// Writes a value. Answers whether it has a text at all.
    unsafe fn value(&mut self, value: qjs::JSValue, key: Key) -> std::result::Result<bool, Stop> {
        unsafe {
            if qjs::JS_IsObject(value) || qjs::JS_IsBigInt(value) {
                let method = self.owned(qjs::JS_GetProperty(self.ctx, value, self.to_json))?;
                if qjs::JS_IsFunction(self.ctx, method.1) {
                    let key = self.owned(self.key_value(key))?;
                    let mut arguments = [key.1];
                    let called = qjs::JS_Call(self.ctx, method.1, value, 1, arguments.as_mut_ptr());
                    let made = self.owned(called)?;
                    return self.plain(made.1);
                }
            }
            self.plain(value)
        }
    }

    /// Writes a value that was asked for its `toJSON`.
    unsafe fn plain(&mut self, value: qjs::JSValue) -> std::result::Result<bool, Stop> {
        unsafe {
            match qjs::JS_VALUE_GET_NORM_TAG(value) {
                qjs::JS_TAG_OBJECT => return self.object(value),
                qjs::JS_TAG_STRING | qjs::JS_TAG_STRING_ROPE => self.string(value)?,
                qjs::JS_TAG_INT => self.integer(qjs::JS_VALUE_GET_INT(value)),
                qjs::JS_TAG_FLOAT64 if qjs::JS_VALUE_GET_FLOAT64(value).is_finite() => self.number(value)?,
                qjs::JS_TAG_BOOL if qjs::JS_VALUE_GET_BOOL(value) => self.out.extend_from_slice(b"true"),
                qjs::JS_TAG_BOOL => self.out.extend_from_slice(b"false"),
                qjs::JS_TAG_NULL | qjs::JS_TAG_FLOAT64 => self.out.extend_from_slice(b"null"),
                qjs::JS_TAG_BIG_INT | qjs::JS_TAG_SHORT_BIG_INT => return Err(Stop::BigInt),
                _ => return Ok(false),
            }
            Ok(true)
        }
    }

    unsafe fn object(&mut self, value: qjs::JSValue) -> std::result::Result<bool, Stop> {
        unsafe {
            let class = qjs::JS_GetClassID(value);
            if class != CLASS_OBJECT && class != CLASS_ARRAY {
                if qjs::JS_IsFunction(self.ctx, value) {
                    return Ok(false);
                }
                return Err(Stop::NotHere);
            }
            let pointer = qjs::JS_VALUE_GET_PTR(value);
            if self.above.contains(&pointer) {
                return Err(Stop::Circular);
            }
            if self.above.len() == DEPTH_MAX {
                return Err(Stop::NotHere);
            }
            self.above.push(pointer);
            if class == CLASS_ARRAY {
                self.array(value)?
            } else if !self.flat(value)? {
                self.members(value)?
            }
            self.above.pop();
            Ok(true)
        }
    }

    unsafe fn array(&mut self, value: qjs::JSValue) -> std::result::Result<(), Stop> {
        let mut length = 0;
        if unsafe { qjs::JS_GetLength(self.ctx, value, &raw mut length) } < 0 {
            return Err(Stop::Exception);
        }
        self.out.push(b'[');
        // An array's length is below 2³².
        for index in 0..length as u32 {
            if index > 0 {
                self.out.push(b',');
            }
            let item = self.owned(unsafe { qjs::JS_GetPropertyUint32(self.ctx, value, index) })?;
            if !unsafe { self.value(item.1, Key::Index(index)) }? {
                self.out.extend_from_slice(b"null");
            }
        }
        self.out.push(b']');
        Ok(())
    }

    /// Writes an object of primitive values, which nearly every row and item is: nothing of it can run code, so that
    /// its members are borrowed. Answers false, and has written nothing, when it is another. Never inlined: what it
    /// has on the stack is not for every level of a deep value.
    #[inline(never)]
    unsafe fn flat(&mut self, value: qjs::JSValue) -> std::result::Result<bool, Stop> {
        let mut names = [const { MaybeUninit::<qjs::JSAtom>::uninit() }; FLAT_MAX];
        let mut values = [const { MaybeUninit::<qjs::JSValue>::uninit() }; FLAT_MAX];
        let (to, max) = (names.as_mut_ptr().cast(), FLAT_MAX as c_int);
        let count = unsafe { JS_GetFlatProperties(self.ctx, value, max, to, values.as_mut_ptr().cast()) };
        let Ok(count) = usize::try_from(count) else { return Ok(false) };
        self.out.push(b'{');
        let mut first = true;
        for (name, value) in names.iter().zip(&values).take(count) {
            let before = self.out.len();
            if !first {
                self.out.push(b',');
            }
            // SAFETY: the first `count` of both were written.
            unsafe {
                self.key(name.assume_init())?;
                if self.plain(value.assume_init())? {
                    first = false;
                } else {
                    self.out.truncate(before);
                }
            }
        }
        self.out.push(b'}');
        Ok(true)
    }

    unsafe fn members(&mut self, value: qjs::JSValue) -> std::result::Result<(), Stop> {
        let names = unsafe { Names::of(self.ctx, value) }?;
        self.out.push(b'{');
        let mut first = true;
        for index in 0..names.length {
            let name = unsafe { names.get(index) };
            let item = self.owned(unsafe { qjs::JS_GetProperty(self.ctx, value, name) })?;
            let before = self.out.len();
            if !first {
                self.out.push(b',');
            }
            unsafe { self.key(name) }?;
            if unsafe { self.value(item.1, Key::Name(name)) }? {
                first = false;
            } else {
                self.out.truncate(before);
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Writes a key and its colon.
    unsafe fn key(&mut self, name: qjs::JSAtom) -> std::result::Result<(), Stop> {
        let known = self.keys.len();
        // Objects of one kind have their keys in one order: mostly the first look is right.
        for step in 0..known {
            let place = (self.next_key + step) % known;
            if let Some((atom, text)) = self.keys.get(place)
                && *atom == name
            {
                self.out.extend_from_slice(text);
                self.next_key = place + 1;
                return Ok(());
            }
        }
        let start = self.out.len();
        unsafe {
            let mut length = 0;
            let text = qjs::JS_AtomToCStringLen(self.ctx, &raw mut length, name);
            self.quoted(text, length as usize)?;
        }
        self.out.push(b':');
        if known < KEYS_MAX {
            let text = self.out.get(start..).unwrap_or_default().to_vec();
            self.keys.push((unsafe { qjs::JS_DupAtom(self.ctx, name) }, text));
            self.next_key = known + 1;
        }
        Ok(())
    }

    unsafe fn key_value(&self, key: Key) -> qjs::JSValue {
        unsafe {
            match key {
                Key::None => qjs::JS_NewStringLen(self.ctx, c"".as_ptr(), 0),
                Key::Name(name) => qjs::JS_AtomToString(self.ctx, name),
                Key::Index(index) => {
                    let text = index.to_string();
                    qjs::JS_NewStringLen(self.ctx, text.as_ptr().cast(), text.len() as _)
                }
            }
        }
    }

    unsafe fn string(&mut self, value: qjs::JSValue) -> std::result::Result<(), Stop> {
        unsafe {
            let mut length = 0;
            let text = qjs::JS_ToCStringLen(self.ctx, &raw mut length, value);
            self.quoted(text, length as usize)
        }
    }

    /// Writes a text of QuickJS's, and frees it.
    unsafe fn quoted(
        &mut self,
        text: *const std::ffi::c_char,
        length: usize,
    ) -> std::result::Result<(), Stop> {
        if text.is_null() {
            return Err(Stop::Exception);
        }
        quote::quote(&mut self.out, unsafe { std::slice::from_raw_parts(text.cast(), length) });
        unsafe { qjs::JS_FreeCString(self.ctx, text) };
        Ok(())
    }

    /// A number that is no integer of 32 bits, as JavaScript writes it.
    unsafe fn number(&mut self, value: qjs::JSValue) -> std::result::Result<(), Stop> {
        unsafe {
            let mut length = 0;
            let text = qjs::JS_ToCStringLen(self.ctx, &raw mut length, value);
            if text.is_null() {
                return Err(Stop::Exception);
            }
            self.out.extend_from_slice(std::slice::from_raw_parts(text.cast(), length as usize));
            qjs::JS_FreeCString(self.ctx, text);
        }
        Ok(())
    }

    fn integer(&mut self, value: i32) {
        let mut digits = [0; 10];
        let mut place = digits.len();
        let mut rest = value.unsigned_abs();
        loop {
            place -= 1;
            digits[place] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            self.out.push(b'-');
        }
        self.out.extend_from_slice(&digits[place..]);
    }
}

/// An object's own enumerable names, in order.
struct Names {
    ctx: *mut qjs::JSContext,
    table: *mut qjs::JSPropertyEnum,
    length: u32,
}

impl Names {
    unsafe fn of(ctx: *mut qjs::JSContext, object: qjs::JSValue) -> std::result::Result<Self, Stop> {
        let mut names = Self { ctx, table: std::ptr::null_mut(), length: 0 };
        let flags = (qjs::JS_GPN_STRING_MASK | qjs::JS_GPN_ENUM_ONLY) as c_int;
        let got = unsafe {
            qjs::JS_GetOwnPropertyNames(ctx, &raw mut names.table, &raw mut names.length, object, flags)
        };
        if got < 0 { Err(Stop::Exception) } else { Ok(names) }
    }

    /// `index` is below `length`.
    unsafe fn get(&self, index: u32) -> qjs::JSAtom {
        unsafe { (*self.table.add(index as usize)).atom }
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        // SAFETY: QuickJS made the table, of this length.
        unsafe { qjs::JS_FreePropertyEnum(self.ctx, self.table, self.length) };
    }
}
