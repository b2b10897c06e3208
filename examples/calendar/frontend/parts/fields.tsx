import { useId } from "react";
import type { ReactNode } from "react";

const INPUT =
  "w-full rounded-lg border-0 bg-white px-3 py-2 text-sm ring-1 ring-inset ring-stone-300 placeholder:text-stone-400 focus:ring-2 focus:ring-indigo-600 focus:outline-none aria-invalid:ring-red-500 dark:bg-stone-950 dark:ring-stone-700";

interface Frame {
  label: string;
  name: string;
  problem?: string;
  required?: boolean;
  hint?: string;
  /** Takes the keyboard when it appears. */
  autoFocus?: boolean;
}

interface FieldProps<Value> extends Frame {
  value: Value;
  onChange: (value: Value) => void;
}

/** The label, the hint and the message around an input. */
function Around({ id, field, children, wide = false }: { id: string; field: Frame; children: ReactNode; wide?: boolean }) {
  return (
    <div className={wide ? "sm:col-span-2" : ""}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {field.label}
        {field.required && <span className="text-stone-400" title="required"> *</span>}
      </label>
      {children}
      {field.hint && !field.problem && <p className="mt-1 text-xs text-stone-500 dark:text-stone-400">{field.hint}</p>}
      {field.problem && (
        <p id={`${id}-problem`} className="mt-1 text-xs font-medium text-red-700 dark:text-red-400">
          {field.problem}
        </p>
      )}
    </div>
  );
}

/** What every input says to a screen reader. */
function marks(id: string, field: Frame) {
  return {
    id,
    name: field.name,
    autoFocus: field.autoFocus,
    "aria-required": field.required,
    "aria-invalid": field.problem ? true : undefined,
    "aria-describedby": field.problem ? `${id}-problem` : undefined,
  };
}

type TextType = "text" | "email" | "tel" | "url" | "date" | "time" | "datetime-local";

interface TextFieldProps extends FieldProps<string> {
  type?: TextType;
  suggestions?: string[];
  numeric?: boolean;
  placeholder?: string;
}

export function TextField({ type = "text", suggestions, numeric = false, placeholder, ...field }: TextFieldProps) {
  const id = useId();
  return (
    <Around id={id} field={field}>
      <input
        {...marks(id, field)}
        type={type}
        inputMode={numeric ? "decimal" : undefined}
        list={suggestions ? `${id}-list` : undefined}
        placeholder={placeholder}
        value={field.value}
        onChange={(event) => field.onChange(event.target.value)}
        className={INPUT}
      />
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </Around>
  );
}
