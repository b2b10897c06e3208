// Made by vendor.mjs; do not edit.
&[
    VendoredModule {
        name: "hono",
        source: include_str!("modules/hono/index.js"),
        imports: &["hono/_chunk/2IS6CXYV", "hono/_chunk/3NLEC3HK", "hono/_chunk/3OWOL42O", "hono/_chunk/5MRLUDL7", "hono/_chunk/5VZVQNYI", "hono/_chunk/EPIDU4BP", "hono/_chunk/GIM35NWP", "hono/_chunk/HBJIWEKV", "hono/_chunk/HTHLBJ4O", "hono/_chunk/KO5JDNQZ", "hono/_chunk/QRQUT2GX", "hono/_chunk/RM3FOUTQ", "hono/_chunk/TMQPR7VK", "hono/_chunk/UXNAYMZD", "hono/_chunk/X24R7NE2", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/_chunk/2IS6CXYV",
        source: include_str!("modules/hono/_chunk/2IS6CXYV.js"),
        imports: &["hono/_chunk/5VZVQNYI", "hono/_chunk/RM3FOUTQ"],
    },
    VendoredModule {
        name: "hono/_chunk/3NLEC3HK",
        source: include_str!("modules/hono/_chunk/3NLEC3HK.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/3OWOL42O",
        source: include_str!("modules/hono/_chunk/3OWOL42O.js"),
        imports: &["hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/_chunk/5MRLUDL7",
        source: include_str!("modules/hono/_chunk/5MRLUDL7.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/5VZVQNYI",
        source: include_str!("modules/hono/_chunk/5VZVQNYI.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/BD5PR56I",
        source: include_str!("modules/hono/_chunk/BD5PR56I.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/EIBSD5BI",
        source: include_str!("modules/hono/_chunk/EIBSD5BI.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/EPIDU4BP",
        source: include_str!("modules/hono/_chunk/EPIDU4BP.js"),
        imports: &["hono/_chunk/2IS6CXYV", "hono/_chunk/3NLEC3HK", "hono/_chunk/5VZVQNYI", "hono/_chunk/GIM35NWP", "hono/_chunk/HBJIWEKV", "hono/_chunk/RM3FOUTQ", "hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/_chunk/GIM35NWP",
        source: include_str!("modules/hono/_chunk/GIM35NWP.js"),
        imports: &["hono/_chunk/3OWOL42O", "hono/_chunk/5MRLUDL7", "hono/_chunk/5VZVQNYI", "hono/_chunk/RM3FOUTQ"],
    },
    VendoredModule {
        name: "hono/_chunk/HBJIWEKV",
        source: include_str!("modules/hono/_chunk/HBJIWEKV.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/HTHLBJ4O",
        source: include_str!("modules/hono/_chunk/HTHLBJ4O.js"),
        imports: &["hono/_chunk/RM3FOUTQ", "hono/_chunk/TMQPR7VK"],
    },
    VendoredModule {
        name: "hono/_chunk/JXWYKM6T",
        source: include_str!("modules/hono/_chunk/JXWYKM6T.js"),
        imports: &["hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/_chunk/KO5JDNQZ",
        source: include_str!("modules/hono/_chunk/KO5JDNQZ.js"),
        imports: &["hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/_chunk/OHZONDJO",
        source: include_str!("modules/hono/_chunk/OHZONDJO.js"),
        imports: &["hono/_chunk/RM3FOUTQ", "hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/_chunk/QD4JZJD5",
        source: include_str!("modules/hono/_chunk/QD4JZJD5.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/QRQUT2GX",
        source: include_str!("modules/hono/_chunk/QRQUT2GX.js"),
        imports: &["hono/_chunk/RM3FOUTQ", "hono/_chunk/TMQPR7VK", "hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/_chunk/RM3FOUTQ",
        source: include_str!("modules/hono/_chunk/RM3FOUTQ.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/TMQPR7VK",
        source: include_str!("modules/hono/_chunk/TMQPR7VK.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/U645KXZ3",
        source: include_str!("modules/hono/_chunk/U645KXZ3.js"),
        imports: &["hono/_chunk/BD5PR56I", "hono/_chunk/EIBSD5BI"],
    },
    VendoredModule {
        name: "hono/_chunk/UXNAYMZD",
        source: include_str!("modules/hono/_chunk/UXNAYMZD.js"),
        imports: &["hono/_chunk/EPIDU4BP", "hono/_chunk/HTHLBJ4O", "hono/_chunk/KO5JDNQZ", "hono/_chunk/QRQUT2GX"],
    },
    VendoredModule {
        name: "hono/_chunk/WWWNIGCG",
        source: include_str!("modules/hono/_chunk/WWWNIGCG.js"),
        imports: &["hono/_chunk/XJCNZOAA"],
    },
    VendoredModule {
        name: "hono/_chunk/X24R7NE2",
        source: include_str!("modules/hono/_chunk/X24R7NE2.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/_chunk/XJCNZOAA",
        source: include_str!("modules/hono/_chunk/XJCNZOAA.js"),
        imports: &["hono/_chunk/RM3FOUTQ"],
    },
    VendoredModule {
        name: "hono/_chunk/ZER2A7C3",
        source: include_str!("modules/hono/_chunk/ZER2A7C3.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/accepts",
        source: include_str!("modules/hono/accepts.js"),
        imports: &["hono/_chunk/QD4JZJD5"],
    },
    VendoredModule {
        name: "hono/adapter",
        source: include_str!("modules/hono/adapter.js"),
        imports: &["hono/_chunk/BD5PR56I"],
    },
    VendoredModule {
        name: "hono/basic-auth",
        source: include_str!("modules/hono/basic-auth.js"),
        imports: &["hono/_chunk/EIBSD5BI", "hono/_chunk/HBJIWEKV", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/bearer-auth",
        source: include_str!("modules/hono/bearer-auth.js"),
        imports: &["hono/_chunk/HBJIWEKV", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/body-limit",
        source: include_str!("modules/hono/body-limit.js"),
        imports: &["hono/_chunk/HBJIWEKV"],
    },
    VendoredModule {
        name: "hono/combine",
        source: include_str!("modules/hono/combine.js"),
        imports: &["hono/_chunk/3NLEC3HK", "hono/_chunk/HTHLBJ4O", "hono/_chunk/RM3FOUTQ", "hono/_chunk/TMQPR7VK", "hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/compress",
        source: include_str!("modules/hono/compress.js"),
        imports: &["hono/_chunk/QD4JZJD5"],
    },
    VendoredModule {
        name: "hono/cookie",
        source: include_str!("modules/hono/cookie.js"),
        imports: &["hono/_chunk/RM3FOUTQ", "hono/_chunk/WWWNIGCG", "hono/_chunk/XJCNZOAA"],
    },
    VendoredModule {
        name: "hono/cors",
        source: include_str!("modules/hono/cors.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/csrf",
        source: include_str!("modules/hono/csrf.js"),
        imports: &["hono/_chunk/HBJIWEKV"],
    },
    VendoredModule {
        name: "hono/etag",
        source: include_str!("modules/hono/etag.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/factory",
        source: include_str!("modules/hono/factory.js"),
        imports: &["hono/_chunk/2IS6CXYV", "hono/_chunk/3NLEC3HK", "hono/_chunk/3OWOL42O", "hono/_chunk/5MRLUDL7", "hono/_chunk/5VZVQNYI", "hono/_chunk/EPIDU4BP", "hono/_chunk/GIM35NWP", "hono/_chunk/HBJIWEKV", "hono/_chunk/HTHLBJ4O", "hono/_chunk/KO5JDNQZ", "hono/_chunk/QRQUT2GX", "hono/_chunk/RM3FOUTQ", "hono/_chunk/TMQPR7VK", "hono/_chunk/UXNAYMZD", "hono/_chunk/X24R7NE2", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/hono-base",
        source: include_str!("modules/hono/hono-base.js"),
        imports: &["hono/_chunk/2IS6CXYV", "hono/_chunk/3NLEC3HK", "hono/_chunk/3OWOL42O", "hono/_chunk/5MRLUDL7", "hono/_chunk/5VZVQNYI", "hono/_chunk/EPIDU4BP", "hono/_chunk/GIM35NWP", "hono/_chunk/HBJIWEKV", "hono/_chunk/RM3FOUTQ", "hono/_chunk/X24R7NE2", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/html",
        source: include_str!("modules/hono/html.js"),
        imports: &["hono/_chunk/5MRLUDL7"],
    },
    VendoredModule {
        name: "hono/http-exception",
        source: include_str!("modules/hono/http-exception.js"),
        imports: &["hono/_chunk/HBJIWEKV"],
    },
    VendoredModule {
        name: "hono/jwt",
        source: include_str!("modules/hono/jwt.js"),
        imports: &["hono/_chunk/BD5PR56I", "hono/_chunk/EIBSD5BI", "hono/_chunk/HBJIWEKV", "hono/_chunk/RM3FOUTQ", "hono/_chunk/U645KXZ3", "hono/_chunk/WWWNIGCG", "hono/_chunk/XJCNZOAA"],
    },
    VendoredModule {
        name: "hono/language",
        source: include_str!("modules/hono/language.js"),
        imports: &["hono/_chunk/QD4JZJD5", "hono/_chunk/RM3FOUTQ", "hono/_chunk/WWWNIGCG", "hono/_chunk/XJCNZOAA"],
    },
    VendoredModule {
        name: "hono/logger",
        source: include_str!("modules/hono/logger.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/method-override",
        source: include_str!("modules/hono/method-override.js"),
        imports: &["hono/_chunk/3OWOL42O", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/powered-by",
        source: include_str!("modules/hono/powered-by.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/pretty-json",
        source: include_str!("modules/hono/pretty-json.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/quick",
        source: include_str!("modules/hono/quick.js"),
        imports: &["hono/_chunk/2IS6CXYV", "hono/_chunk/3NLEC3HK", "hono/_chunk/3OWOL42O", "hono/_chunk/5MRLUDL7", "hono/_chunk/5VZVQNYI", "hono/_chunk/EPIDU4BP", "hono/_chunk/GIM35NWP", "hono/_chunk/HBJIWEKV", "hono/_chunk/HTHLBJ4O", "hono/_chunk/KO5JDNQZ", "hono/_chunk/OHZONDJO", "hono/_chunk/RM3FOUTQ", "hono/_chunk/TMQPR7VK", "hono/_chunk/X24R7NE2", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/request-id",
        source: include_str!("modules/hono/request-id.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/route",
        source: include_str!("modules/hono/route.js"),
        imports: &["hono/_chunk/2IS6CXYV", "hono/_chunk/5VZVQNYI", "hono/_chunk/RM3FOUTQ"],
    },
    VendoredModule {
        name: "hono/router",
        source: include_str!("modules/hono/router.js"),
        imports: &["hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/router/linear-router",
        source: include_str!("modules/hono/router/linear-router.js"),
        imports: &["hono/_chunk/OHZONDJO", "hono/_chunk/RM3FOUTQ", "hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/router/pattern-router",
        source: include_str!("modules/hono/router/pattern-router.js"),
        imports: &["hono/_chunk/JXWYKM6T", "hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/router/reg-exp-router",
        source: include_str!("modules/hono/router/reg-exp-router.js"),
        imports: &["hono/_chunk/QRQUT2GX", "hono/_chunk/RM3FOUTQ", "hono/_chunk/TMQPR7VK", "hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/router/smart-router",
        source: include_str!("modules/hono/router/smart-router.js"),
        imports: &["hono/_chunk/KO5JDNQZ", "hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/router/trie-router",
        source: include_str!("modules/hono/router/trie-router.js"),
        imports: &["hono/_chunk/HTHLBJ4O", "hono/_chunk/RM3FOUTQ", "hono/_chunk/TMQPR7VK", "hono/_chunk/X24R7NE2"],
    },
    VendoredModule {
        name: "hono/secure-headers",
        source: include_str!("modules/hono/secure-headers.js"),
        imports: &["hono/_chunk/EIBSD5BI"],
    },
    VendoredModule {
        name: "hono/streaming",
        source: include_str!("modules/hono/streaming.js"),
        imports: &["hono/_chunk/3OWOL42O", "hono/_chunk/5MRLUDL7", "hono/_chunk/5VZVQNYI", "hono/_chunk/GIM35NWP", "hono/_chunk/HBJIWEKV", "hono/_chunk/RM3FOUTQ", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/testing",
        source: include_str!("modules/hono/testing.js"),
        imports: &["hono/_chunk/RM3FOUTQ", "hono/_chunk/XJCNZOAA"],
    },
    VendoredModule {
        name: "hono/timeout",
        source: include_str!("modules/hono/timeout.js"),
        imports: &["hono/_chunk/HBJIWEKV"],
    },
    VendoredModule {
        name: "hono/timing",
        source: include_str!("modules/hono/timing.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/tiny",
        source: include_str!("modules/hono/tiny.js"),
        imports: &["hono/_chunk/2IS6CXYV", "hono/_chunk/3NLEC3HK", "hono/_chunk/3OWOL42O", "hono/_chunk/5MRLUDL7", "hono/_chunk/5VZVQNYI", "hono/_chunk/EPIDU4BP", "hono/_chunk/GIM35NWP", "hono/_chunk/HBJIWEKV", "hono/_chunk/JXWYKM6T", "hono/_chunk/RM3FOUTQ", "hono/_chunk/X24R7NE2", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "hono/trailing-slash",
        source: include_str!("modules/hono/trailing-slash.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/types",
        source: include_str!("modules/hono/types.js"),
        imports: &[],
    },
    VendoredModule {
        name: "hono/utils/jwt",
        source: include_str!("modules/hono/utils/jwt.js"),
        imports: &["hono/_chunk/BD5PR56I", "hono/_chunk/EIBSD5BI", "hono/_chunk/U645KXZ3"],
    },
    VendoredModule {
        name: "hono/validator",
        source: include_str!("modules/hono/validator.js"),
        imports: &["hono/_chunk/HBJIWEKV", "hono/_chunk/RM3FOUTQ", "hono/_chunk/WWWNIGCG", "hono/_chunk/XJCNZOAA", "hono/_chunk/ZER2A7C3"],
    },
    VendoredModule {
        name: "zod",
        source: include_str!("modules/zod/index.js"),
        imports: &["zod/_chunk/K3RJUKHV"],
    },
    VendoredModule {
        name: "zod/_chunk/K3RJUKHV",
        source: include_str!("modules/zod/_chunk/K3RJUKHV.js"),
        imports: &[],
    },
    VendoredModule {
        name: "zod/v4",
        source: include_str!("modules/zod/v4.js"),
        imports: &["zod/_chunk/K3RJUKHV"],
    },
]
