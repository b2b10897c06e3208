// A ring of islets around a lagoon: apps, and the bus between them.

const ISLETS = [
  { x: 46, y: 58, r: 15, hue: 196 },
  { x: 98, y: 26, r: 11, hue: 160 },
  { x: 160, y: 34, r: 17, hue: 250 },
  { x: 184, y: 84, r: 10, hue: 60 },
  { x: 128, y: 116, r: 14, hue: 20 },
  { x: 66, y: 108, r: 9, hue: 300 },
] as const

export function AtollPicture() {
  return (
    <svg aria-hidden width="220" height="142" viewBox="0 0 220 142" className="atoll-picture">
      <ellipse cx="114" cy="72" rx="78" ry="50" className="atoll-lagoon" />
      <ellipse cx="114" cy="72" rx="70" ry="44" className="atoll-ring" />
      <path d="M46 58 C 90 70, 120 60, 160 34" className="atoll-flow" />
      <path d="M160 34 C 170 80, 150 100, 128 116" className="atoll-flow atoll-flow-2" />
      {ISLETS.map((islet) => (
        <g key={islet.x} style={{ '--hue': islet.hue } as React.CSSProperties}>
          <rect x={islet.x - islet.r} y={islet.y - islet.r * 0.8} width={islet.r * 2} height={islet.r * 1.6} rx={islet.r * 0.45} className="atoll-islet" />
          <rect x={islet.x - islet.r * 0.6} y={islet.y - islet.r * 0.38} width={islet.r * 1.2} height={2.4} rx={1.2} className="atoll-text" />
          <rect x={islet.x - islet.r * 0.6} y={islet.y + islet.r * 0.1} width={islet.r * 0.75} height={2.4} rx={1.2} className="atoll-text" />
        </g>
      ))}
    </svg>
  )
}
