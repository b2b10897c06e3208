import { useId%{state_import} } from "react";
import type { ReactNode } from "react";
// @if markdown
import { Markdown } from "./Markdown.tsx";
// @end

const INPUT =
  "w-full rounded-lg border-0 bg-white px-3 py-2 text-sm ring-1 ring-inset ring-stone-300 placeholder:text-stone-400 focus:ring-2 focus:ring-%{accent}-600 focus:outline-none aria-invalid:ring-red-500 dark:bg-stone-950 dark:ring-stone-700";

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
        {field.required && <span className="text-stone-400" title="%[required]"> *</span>}
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
// @if long_text

export function LongTextField(field: FieldProps<string>%{preview_props}) {
  const id = useId();
  // @if markdown
  const [preview, setPreview] = useState(false);
  // @end
  return (
    <Around id={id} field={field} wide>
      // @if markdown
      {preview ? (
        <div className="min-h-24 rounded-lg bg-stone-50 px-3 py-2 dark:bg-stone-950">
          <Markdown text={field.value} />
        </div>
      ) : (
        <textarea
          {...marks(id, field)}
          rows={5}
          value={field.value}
          onChange={(event) => field.onChange(event.target.value)}
          className={INPUT}
        />
      )}
      <button
        type="button"
        aria-pressed={preview}
        onClick={() => setPreview(!preview)}
        className="mt-1 text-xs font-medium text-%{accent}-700 hover:underline dark:text-%{accent}-300"
      >
        {preview ? "%[Write]" : "%[Preview]"}
      </button>
      // @else
      <textarea
        {...marks(id, field)}
        rows={3}
        value={field.value}
        onChange={(event) => field.onChange(event.target.value)}
        className={INPUT}
      />
      // @end
    </Around>
  );
}
// @end
// @if yes_no

export function YesNoField(field: FieldProps<boolean>) {
  const id = useId();
  return (
    <div className="flex flex-col justify-end">
      <label htmlFor={id} className="flex items-center gap-2 py-2 text-sm font-medium">
        <input
          {...marks(id, field)}
          type="checkbox"
          checked={field.value}
          onChange={(event) => field.onChange(event.target.checked)}
          className="size-4 accent-%{accent}-600"
        />
        {field.label}
      </label>
      {field.problem && (
        <p id={`${id}-problem`} className="text-xs font-medium text-red-700 dark:text-red-400">
          {field.problem}
        </p>
      )}
    </div>
  );
}
// @end
// @if choice

interface ChoiceFieldProps extends FieldProps<string> {
  options: readonly (readonly [value: string, label: string])[];
}

export function ChoiceField({ options, ...field }: ChoiceFieldProps) {
  const id = useId();
  return (
    <Around id={id} field={field}>
      <select
        {...marks(id, field)}
        value={field.value}
        onChange={(event) => field.onChange(event.target.value)}
        className={INPUT}
      >
        <option value="">{field.required ? "%[Please choose]" : "–"}</option>
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Around>
  );
}
// @end
// @if tags

/** Tags are typed with commas between them. */
export function TagsField({ suggestions, ...field }: FieldProps<string[]> & { suggestions?: string[] }) {
  const [text, setText] = useState(field.value.join(", "));
  const change = (typed: string) => {
    setText(typed);
    field.onChange(typed.split(",").map((tag) => tag.trim()).filter(Boolean));
  };
  return (
    <TextField {...field} value={text} onChange={change} suggestions={suggestions} hint={field.hint ?? "%[Separate with commas]"} />
  );
}
// @end
// @if colour

export function ColourField({ colours, ...field }: FieldProps<string> & { colours: Record<string, { label: string; look: string }> }) {
  return (
    <fieldset className="sm:col-span-2">
      <legend className="mb-1 text-sm font-medium">{field.label}</legend>
      <div className="flex flex-wrap gap-2">
        {Object.entries(colours).map(([name, { label, look }]) => (
          <label key={name} className="cursor-pointer">
            <input
              type="radio"
              name={field.name}
              value={name}
              checked={field.value === name}
              onChange={() => field.onChange(name)}
              className="peer sr-only"
            />
            <span className="sr-only">{label}</span>
            <span
              aria-hidden
              title={label}
              className={`block size-8 rounded-full ring-1 ring-black/10 peer-checked:ring-2 peer-checked:ring-stone-900 peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 dark:peer-checked:ring-white ${look}`}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
// @end
