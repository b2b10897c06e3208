//! The attributes of `atoll-sdk`: which function the host calls. All that they do is look at the function's
//! form, leave it as it is, and name it to a macro of the SDK, where the exports are.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, FnArg, ItemFn};

/// Makes a function the app's HTTP handler. See `atoll_sdk::main`.
#[proc_macro_attribute]
pub fn main(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    export(arguments.into(), item.into(), "the request", &quote!(::atoll_sdk::__export_http)).into()
}

/// Makes a function the app's event handler. See `atoll_sdk::event`.
#[proc_macro_attribute]
pub fn event(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    export(arguments.into(), item.into(), "the event", &quote!(::atoll_sdk::__export_event)).into()
}

/// Makes a function the handler of the app's scheduled runs. See `atoll_sdk::scheduled`.
#[proc_macro_attribute]
pub fn scheduled(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    export(arguments.into(), item.into(), "the tick", &quote!(::atoll_sdk::__export_scheduled)).into()
}

/// The function as it is, and what exports it; or an error at its place.
fn export(arguments: TokenStream, item: TokenStream, takes: &str, macro_path: &TokenStream) -> TokenStream {
    match check(arguments, &item, takes) {
        Ok(function) => {
            let name = &function.sig.ident;
            quote!(#function #macro_path!(#name);)
        }
        // The function stays, so that what uses it is not another error.
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#item #error)
        }
    }
}

fn check(arguments: TokenStream, item: &TokenStream, takes: &str) -> Result<ItemFn, Error> {
    if !arguments.is_empty() {
        return Err(Error::new_spanned(arguments, "this attribute takes nothing"));
    }
    let function: ItemFn = syn::parse2(item.clone())
        .map_err(|error| Error::new(error.span(), "a handler is a function, sync or async"))?;
    let signature = &function.sig;
    if !signature.generics.params.is_empty() {
        return Err(Error::new_spanned(&signature.generics, "a handler has no generic parameters"));
    }
    if signature.inputs.len() != 1 || matches!(signature.inputs.first(), Some(FnArg::Receiver(_))) {
        let problem = format!("a handler takes one argument, {takes}");
        return Err(Error::new_spanned(signature, problem));
    }
    Ok(function)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(arguments: &str, item: &str) -> String {
        let tokens = |text: &str| text.parse::<TokenStream>().unwrap();
        export(tokens(arguments), tokens(item), "the request", &quote!(export)).to_string()
    }

    #[test]
    fn a_handler_stays_as_it_is_and_is_named() {
        let item = "async fn answer (request : Request) -> Response { todo () }";
        assert_eq!(expand("", item), format!("{item} export ! (answer) ;"));
    }

    #[test]
    fn another_form_is_refused_in_words() {
        for (arguments, item, word) in [
            ("x", "fn f(r: R) {}", "takes nothing"),
            ("", "struct S;", "is a function"),
            ("", "fn f() {}", "one argument, the request"),
            ("", "fn f(a: A, b: B) {}", "one argument"),
            ("", "fn f(&self) {}", "one argument"),
            ("", "fn f<T>(r: T) {}", "generic"),
        ] {
            let expanded = expand(arguments, item);
            assert!(expanded.contains("compile_error") && expanded.contains(word), "{expanded}");
        }
    }
}
