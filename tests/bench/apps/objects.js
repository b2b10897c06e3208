// Work over objects and JSON: what metering is measured by, since fuel and epoch checks cost most where code does
// nothing but compute.

function work(rounds) {
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    const list = [];
    for (let i = 0; i < 500; i++) {
      list.push({ id: i, title: "todo " + i, tags: ["a", "b", String(i % 7)], done: i % 2 === 0 });
    }
    const text = JSON.stringify(list.filter((todo) => !todo.done).map((todo) => ({ ...todo, round })));
    const back = JSON.parse(text);
    back.sort((a, b) => b.id - a.id);
    for (const todo of back) sum += todo.id + todo.tags.length;
  }
  return sum;
}

export default {
  fetch(request) {
    const rounds = Number(new URL(request.url).searchParams.get("rounds") ?? "1");
    return Response.json({ sum: work(rounds) });
  },
};
