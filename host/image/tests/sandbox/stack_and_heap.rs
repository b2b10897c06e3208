//! What a request may use up: the stack, and memory that is collected again.

use crate::host::{App, get};

#[test]
fn deep_recursion_is_a_range_error_and_the_instance_lives() {
    // Each way of recursing spends stack of the machine and of QuickJS in another proportion.
    let app = App::new(&[(
        "index.js",
        r#"
        const ways = {
            deep_but_fine() { const f = (n) => n === 0 ? 0 : 1 + f(n - 1); if (f(1500) === 1500) throw new RangeError('fine'); },
            nested_but_fine() { const t = '['.repeat(2000) + ']'.repeat(2000); if (JSON.stringify(JSON.parse(t)) === t) throw new RangeError('fine'); },
            plain() { const f = () => f() + 1; f(); },
            args() { const f = (...a) => f(...a, 1); f(1, 2, 3); },
            method() { class A { get x() { return this.x; } } new A().x; },
            construct() { class A { constructor() { new A(); } } new A(); },
            map() { const f = () => [1].map(f); f(); },
            sort() { const f = () => [2, 1].sort(f); f(); },
            replace() { const f = () => 'a'.replace(/a/, f); f(); },
            reviver() { const f = () => JSON.parse('[1]', f); f(); },
            toJSON() { const o = { toJSON() { return JSON.stringify(o); } }; JSON.stringify(o); },
            proxy() { let p = {}; for (let i = 0; i < 20000; i++) p = new Proxy(p, {}); p.x; },
            getter() { const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x; },
            bound() { let f = () => 1; for (let i = 0; i < 50000; i++) f = f.bind(null); f(); },
            generator() { function* g() { yield* g(); } [...g()]; },
            apply() { const f = () => Reflect.apply(f, null, []); f(); },
            toString() { const o = { toString() { return `${o}`; } }; `${o}`; },
            parse() { JSON.parse('['.repeat(200000)); },
            stringify() { let a = []; for (let i = 0; i < 100000; i++) a = [a]; JSON.stringify(a); },
            regexp() { new RegExp('('.repeat(100000) + ')'.repeat(100000)); },
            clone() { let a = []; for (let i = 0; i < 100000; i++) a = [a]; structuredClone(a); },
            native() { const f = () => new URL({ toString: f }); f(); },
            flat() { let a = []; for (let i = 0; i < 100000; i++) a = [a]; a.flat(Infinity); },
            host() { const o = { toString() { new Headers({ a: o }); return ''; } }; new Headers({ a: o }); },
            event() { const t = new EventTarget(); t.addEventListener('a', () => t.dispatchEvent(new Event('a'))); t.dispatchEvent(new Event('a')); const f = () => { Array.from([1], f) }; f(); },
        };
        export default { async fetch(request) {
            const name = new URL(request.url).pathname.slice(1);
            let result;
            try { ways[name](); result = 'ran to its end'; } catch (e) { result = e.name; }
            return new Response(`${result}, and ${[1, 2, 3].map((x) => x * 2)}`);
        } }"#,
    )]);
    let ways = [
        "deep_but_fine",
        "nested_but_fine",
        "plain",
        "args",
        "method",
        "construct",
        "map",
        "sort",
        "replace",
        "reviver",
        "toJSON",
        "proxy",
        "getter",
        "bound",
        "generator",
        "apply",
        "toString",
        "parse",
        "stringify",
        "clone",
        "native",
        "flat",
        "host",
        "event",
        "regexp",
    ];
    for way in ways {
        let body = crate::host::block_on(app.call(get(&format!("/{way}"))));
        let body = match body {
            // These recurse in C, with next to no stack of QuickJS's own: the sandbox may have to stop them.
            Err(trap) if ["parse", "stringify", "flat"].contains(&way) => {
                assert_eq!(trap.downcast_ref(), Some(&wasmtime::Trap::StackOverflow), "{way}");
                continue;
            }
            Ok(Ok(response)) => String::from_utf8(response.body).unwrap(),
            Ok(Err(failure)) => format!("{failure:?}"),
            Err(trap) => panic!("{way} trapped: {trap:?}"),
        };
        assert!(
            body.starts_with("RangeError")
                || body.starts_with("SyntaxError")
                || body.starts_with("InternalError"),
            "{way}: {body}"
        );
        assert!(body.ends_with("and 2,4,6"), "{way}: {body}");
    }
}

#[test]
fn what_a_request_leaves_behind_is_collected_and_what_the_image_holds_stays() {
    // Some 300 MB in cycles, in an instance that may have 64 MiB; the image's own objects take part in them.
    let app = App::new(&[(
        "index.js",
        "class Node { constructor(next) { this.next = next; this.data = new Array(100).fill('x' + next); } }
         const table = new Map([['a', { list: [1, 2, 3] }]]); let text = 'start'; const list = [1]; const home = {};
         export default { fetch() {
            let kept;
            for (let i = 0; i < 200000; i++) {
                const node = new Node(i); node.self = node; node.home = home; home.last = node; kept = node;
            }
            table.get('a').list.push(4); text += ' more'; list.extra = list; home.own = Symbol.for('s'); delete home.last;
            table.set('b', kept); Object.defineProperty(home, 'x', { get: () => text });
            return Response.json([table.get('a').list, home.x, table.get('b').self === kept, list.extra === list, Object.keys(home)]);
         } }",
    )]);
    for _ in 0..2 {
        assert_eq!(app.get("/"), r#"[[1,2,3,4],"start more",true,true,["own"]]"#);
    }
}
