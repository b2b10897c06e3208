import { Fragment } from "react";
import type { ReactNode } from "react";

/**
 * Headings, lists, quotes, bold, italic, code and links. Everything becomes React elements, so text that
 * looks like HTML stays text.
 */
export function Markdown({ text }: { text: string }) {
  const blocks = text.split(/\n{2,}|\n(?=[#>*-] ?)/).slice(0, 500);
  return <div className="space-y-2 text-sm break-words">{blocks.map((block, index) => <Block key={index} text={block} />)}</div>;
}

function Block({ text }: { text: string }) {
  const heading = /^(#{1,6})\s+(.*)/.exec(text);
  if (heading) {
    const size = heading[1]?.length === 1 ? "text-lg" : "text-base";
    return <p role="heading" aria-level={(heading[1]?.length ?? 1) + 2} className={`font-semibold ${size}`}>{inline(heading[2] ?? "")}</p>;
  }
  if (/^[*-]\s+/.test(text)) return <p className="flex gap-2"><span aria-hidden>•</span><span>{inline(text.slice(2))}</span></p>;
  if (text.startsWith(">")) {
    return <blockquote className="border-l-2 border-stone-300 pl-3 text-stone-600 dark:text-stone-400">{inline(text.slice(1).trim())}</blockquote>;
  }
  return <p className="whitespace-pre-wrap">{inline(text)}</p>;
}

function inline(text: string): ReactNode {
  const parts = text.split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`|\[[^\]]+\]\(https?:\/\/[^\s)]+\))/);
  return parts.map((part, index) => <Fragment key={index}>{styled(part)}</Fragment>);
}

function styled(part: string): ReactNode {
  if (part.startsWith("**") && part.length > 4) return <strong>{part.slice(2, -2)}</strong>;
  if (part.startsWith("*") && part.length > 2) return <em>{part.slice(1, -1)}</em>;
  if (part.startsWith("`") && part.length > 2) {
    return <code className="rounded bg-stone-200/60 px-1 dark:bg-stone-800">{part.slice(1, -1)}</code>;
  }
  const link = /^\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)$/.exec(part);
  if (link) {
    return <a href={link[2]} target="_blank" rel="noreferrer" className="underline underline-offset-2">{link[1]}</a>;
  }
  return part;
}
