// Steps of one walk: each stands on those before it, so after one has failed the rest are not tried.

export function stepsOf(t) {
  let failed = null
  return (name, run) =>
    t.test(name, async () => {
      if (failed !== null) throw new Error(`not tried, since "${failed}" failed`)
      try {
        await run()
      } catch (error) {
        failed = name
        throw error
      }
    })
}
