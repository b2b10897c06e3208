/** The colours a person can choose from. */
export const COLOURS: Record<string, { label: string; look: string }> = {
  yellow: { label: "%[Yellow]", look: "bg-amber-200" },
  pink: { label: "%[Pink]", look: "bg-pink-200" },
  blue: { label: "%[Blue]", look: "bg-sky-200" },
  green: { label: "%[Green]", look: "bg-lime-200" },
  purple: { label: "%[Purple]", look: "bg-violet-200" },
  white: { label: "%[White]", look: "bg-stone-50" },
};
