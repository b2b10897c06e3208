import type { ReactNode } from "react";

const BUTTONS = {
  primary: "bg-indigo-600 text-white hover:bg-indigo-500 disabled:opacity-50",
  quiet:
    "text-stone-600 ring-1 ring-inset ring-stone-300 hover:bg-stone-100 dark:text-stone-300 dark:ring-stone-700 dark:hover:bg-stone-800",
  danger: "text-red-700 hover:bg-red-50 dark:text-red-400 dark:hover:bg-red-950",
};

interface ButtonProps {
  look?: keyof typeof BUTTONS;
  submit?: boolean;
  disabled?: boolean;
  label?: string;
  pressed?: boolean;
  onClick?: () => void;
  children: ReactNode;
}

export function Button({ look = "quiet", submit = false, disabled, label, pressed, onClick, children }: ButtonProps) {
  return (
    <button
      type={submit ? "submit" : "button"}
      disabled={disabled}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick}
      className={`shrink-0 rounded-lg px-3 py-1.5 text-sm font-medium transition-colors focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-indigo-600 ${BUTTONS[look]}`}
    >
      {children}
    </button>
  );
}

const TONES = {
  plain: "bg-stone-100 text-stone-700 dark:bg-stone-800 dark:text-stone-300",
  accent: "bg-indigo-50 text-indigo-800 dark:bg-indigo-950 dark:text-indigo-200",
  good: "bg-emerald-50 text-emerald-800 dark:bg-emerald-950 dark:text-emerald-300",
  warm: "bg-amber-100 text-amber-900 dark:bg-amber-950 dark:text-amber-300",
  bad: "bg-red-100 text-red-800 dark:bg-red-950 dark:text-red-300",
};

export function Badge({ tone = "plain", children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span className={`inline-flex items-center rounded-full px-2 py-0.5 text-xs font-medium ${TONES[tone]}`}>
      {children}
    </span>
  );
}

/** A value with its name in front, small and quiet. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <span className="text-xs text-stone-500 dark:text-stone-400">
      {label} <span className="font-medium text-stone-800 tabular-nums dark:text-stone-200">{children}</span>
    </span>
  );
}

export function Card({ children }: { children: ReactNode }) {
  return (
    <div className="rounded-2xl bg-white shadow-sm ring-1 ring-stone-200 dark:bg-stone-900 dark:ring-stone-800">
      {children}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="px-6 py-12 text-center">
      <p className="text-base font-medium">{title}</p>
      {children && <div className="mt-3 text-sm text-stone-500 dark:text-stone-400">{children}</div>}
    </div>
  );
}

/** Says what happened, also to a screen reader; offers one thing to do about it. */
export interface NoticeText {
  text: string;
  bad?: boolean;
  action?: { label: string; run: () => void };
}

export function Notice({ notice, onClose }: { notice: NoticeText | null; onClose: () => void }) {
  return (
    <div aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-4 z-10 flex justify-center px-4">
      {notice && (
        <div
          className={`pointer-events-auto flex max-w-full items-center gap-3 rounded-xl px-4 py-2.5 text-sm text-white shadow-lg ${notice.bad ? "bg-red-700" : "bg-stone-900 ring-1 ring-stone-700"}`}
        >
          <span className="min-w-0 break-words">{notice.text}</span>
          {notice.action && (
            <button type="button" className="font-semibold underline underline-offset-2" onClick={notice.action.run}>
              {notice.action.label}
            </button>
          )}
          <button type="button" aria-label="Close" className="opacity-60 hover:opacity-100" onClick={onClose}>
            ✕
          </button>
        </div>
      )}
    </div>
  );
}
