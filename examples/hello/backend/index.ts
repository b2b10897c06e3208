export default {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname !== "/") {
      return Response.json({ error: `there is nothing at ${url.pathname}` }, { status: 404 });
    }
    const name = url.searchParams.get("name") ?? "world";
    return Response.json({ message: `Hello, ${name}!` });
  },
};
