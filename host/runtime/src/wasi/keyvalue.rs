//! `wasi:keyvalue`: the app's one KV store, as `store` and `batch` of the 0.2.0 drafts. There is one bucket; its
//! name may be empty or `default`.
//!
//! Absent: `atomics`, which is still to be done over `compare_and_set`, and `watch`.

use atoll_model::{CapabilityError, KvEntry, KvPut};
use wasmtime::{
    StoreContextMut,
    component::{ComponentType, Lift, Linker, LinkerInstance, Lower, Resource, ResourceType},
};

use crate::{capability::kv, state::CallState};

/// The bucket. There is only one, so a handle holds nothing.
struct Bucket;

#[derive(Clone, Debug, ComponentType, Lift, Lower)]
#[component(variant)]
enum KvError {
    #[component(name = "no-such-store")]
    NoSuchStore,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "other")]
    Other(String),
}

#[derive(Clone, Debug, ComponentType, Lift, Lower)]
#[component(record)]
struct KeyResponse {
    keys: Vec<String>,
    cursor: Option<u64>,
}

type Answer<T> = Result<T, KvError>;
type Call<'a> = StoreContextMut<'a, CallState>;

fn told(state: &CallState, error: CapabilityError) -> KvError {
    match error {
        CapabilityError::NotGranted { .. } => KvError::AccessDenied,
        CapabilityError::Invalid(_) | CapabilityError::OverLimit { .. } => KvError::Other(error.to_string()),
        CapabilityError::OutOfStorage { what, limit } => {
            state.note_no_room(&what, limit);
            KvError::Other(what)
        }
        _ => {
            tracing::error!(app = %state.app_name(), capability = "kv", %error, "a capability failed");
            KvError::Other("the host could not do this now".into())
        }
    }
}

async fn get(state: &mut CallState, key: &str) -> wasmtime::Result<Answer<Option<KvEntry>>> {
    state.count_host_call()?;
    Ok(kv::get(state, key).await.map_err(|error| told(state, error)))
}

async fn set(state: &mut CallState, key: &str, value: Vec<u8>) -> wasmtime::Result<Answer<()>> {
    state.count_host_call()?;
    let put = KvPut { value: value.into(), metadata: None, expiration_ttl_s: None };
    Ok(kv::put(state, key, put).await.map_err(|error| told(state, error)))
}

async fn delete(state: &mut CallState, key: &str) -> wasmtime::Result<Answer<()>> {
    state.count_host_call()?;
    Ok(kv::delete(state, key).await.map_err(|error| told(state, error)))
}

async fn list(state: &mut CallState, number: Option<u64>) -> wasmtime::Result<Answer<KeyResponse>> {
    state.count_host_call()?;
    let cursors = &state.wasi().cursors;
    let cursor = match number {
        None => None,
        Some(number) => match usize::try_from(number).ok().and_then(|number| cursors.get(number)) {
            Some(cursor) => Some(cursor.clone()),
            None => return Ok(Err(KvError::Other("the cursor is none of this call".into()))),
        },
    };
    let keys_max = state.limits.kv_list_keys_max;
    let page = match kv::list(state, "", cursor.as_deref(), keys_max).await {
        Ok(page) => page,
        Err(error) => return Ok(Err(told(state, error))),
    };
    // As many as calls of this function, which are counted.
    let cursors = &mut state.wasi().cursors;
    let cursor = page.cursor.map(|cursor| {
        cursors.push(cursor);
        cursors.len() as u64 - 1
    });
    Ok(Ok(KeyResponse { keys: page.keys.into_iter().map(|key| key.name).collect(), cursor }))
}

/// Links `store`, under the name of an import.
pub(crate) fn add_store(linker: &mut Linker<CallState>, import: &str) -> wasmtime::Result<()> {
    let mut interface = linker.instance(import)?;
    interface.resource("bucket", ResourceType::host::<Bucket>(), |_, _| Ok(()))?;
    interface.func_wrap("open", |mut store: Call<'_>, (name,): (String,)| {
        store.data_mut().count_host_call()?;
        let opened = match name.as_str() {
            "" | "default" => Ok(Resource::<Bucket>::new_own(0)),
            _ => Err(KvError::NoSuchStore),
        };
        Ok((opened,))
    })?;
    add_bucket(&mut interface)
}

fn add_bucket(interface: &mut LinkerInstance<'_, CallState>) -> wasmtime::Result<()> {
    type Keyed = (Resource<Bucket>, String);
    interface.func_wrap_async("[method]bucket.get", |mut store: Call<'_>, (_, key): Keyed| {
        Box::new(async move {
            let found = get(store.data_mut(), &key).await?;
            Ok((found.map(|entry| entry.map(|entry| Vec::from(entry.value))),))
        })
    })?;
    interface.func_wrap_async(
        "[method]bucket.set",
        |mut store: Call<'_>, (_, key, value): (Resource<Bucket>, String, Vec<u8>)| {
            Box::new(async move { Ok((set(store.data_mut(), &key, value).await?,)) })
        },
    )?;
    interface.func_wrap_async("[method]bucket.delete", |mut store: Call<'_>, (_, key): Keyed| {
        Box::new(async move { Ok((delete(store.data_mut(), &key).await?,)) })
    })?;
    interface.func_wrap_async("[method]bucket.exists", |mut store: Call<'_>, (_, key): Keyed| {
        Box::new(async move { Ok((get(store.data_mut(), &key).await?.map(|entry| entry.is_some()),)) })
    })?;
    interface.func_wrap_async(
        "[method]bucket.list-keys",
        |mut store: Call<'_>, (_, cursor): (Resource<Bucket>, Option<u64>)| {
            Box::new(async move { Ok((list(store.data_mut(), cursor).await?,)) })
        },
    )
}

/// Links `batch`, under the name of an import. Not a transaction, as its text says.
pub(crate) fn add_batch(linker: &mut Linker<CallState>, import: &str) -> wasmtime::Result<()> {
    type Keys = (Resource<Bucket>, Vec<String>);
    let mut interface = linker.instance(import)?;
    interface.func_wrap_async("get-many", |mut store: Call<'_>, (_, keys): Keys| {
        Box::new(async move {
            let mut found = Vec::with_capacity(keys.len());
            for key in keys {
                match get(store.data_mut(), &key).await? {
                    Ok(entry) => found.push(entry.map(|entry| (key, Vec::from(entry.value)))),
                    Err(error) => return Ok((Err(error),)),
                }
            }
            Ok((Ok(found),))
        })
    })?;
    interface.func_wrap_async(
        "set-many",
        |mut store: Call<'_>, (_, entries): (Resource<Bucket>, Vec<(String, Vec<u8>)>)| {
            Box::new(async move {
                for (key, value) in entries {
                    if let Err(error) = set(store.data_mut(), &key, value).await? {
                        return Ok((Err(error),));
                    }
                }
                Ok((Ok(()),))
            })
        },
    )?;
    interface.func_wrap_async("delete-many", |mut store: Call<'_>, (_, keys): Keys| {
        Box::new(async move {
            for key in keys {
                if let Err(error) = delete(store.data_mut(), &key).await? {
                    return Ok((Err(error),));
                }
            }
            Ok((Ok(()),))
        })
    })
}
