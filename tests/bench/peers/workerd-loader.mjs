// workerd's dynamic worker loader as a host of many apps: `/{app}/path` is the app's `/path`, and the app is loaded
// when it is first called. Each has a source of its own, as apps do.
import source from "source";

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const [, app, ...path] = url.pathname.split("/");
    url.pathname = "/" + path.join("/");
    const worker = env.LOADER.get(app, async () => ({
      compatibilityDate: env.COMPATIBILITY_DATE,
      mainModule: "app.js",
      modules: { "app.js": `${source}\nconst salt = ${JSON.stringify(app)};\n` },
    }));
    return worker.getEntrypoint().fetch(new Request(url, request));
  },
};
