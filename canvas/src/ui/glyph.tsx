// An app's mark: two letters on a colour, both from its name, so that it is the same everywhere.

/** A hue from 0 to 359. Names that differ by little get hues that differ by much. */
export function hueOf(name: string): number {
  let hash = 2_166_136_261
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619)
  // The golden angle spreads neighbours over the circle.
  return Math.floor(((hash >>> 0) * 137.508) % 360)
}

export function initialsOf(title: string): string {
  const words = title.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const [first = '?', second] = words
  // By code point: half a surrogate pair is no letter.
  const [head = '', next = ''] = [...first]
  const [secondHead = ''] = [...(second ?? '')]
  return second === undefined ? head.toUpperCase() + next.toLowerCase() : (head + secondHead).toUpperCase()
}

export function Glyph(props: { name: string; title: string; size?: number }) {
  const size = props.size ?? 26
  return (
    <span
      aria-hidden
      className="glyph grid shrink-0 place-items-center font-semibold"
      style={{ '--hue': hueOf(props.name), width: size, height: size, fontSize: size * 0.42, borderRadius: size * 0.3 } as React.CSSProperties}
    >
      {initialsOf(props.title)}
    </span>
  )
}
