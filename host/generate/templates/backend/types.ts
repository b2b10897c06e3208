/** What a person can fill in for %{a_entity}. */
export interface %{Type}Input {
  %{input_fields}
}

/** %{An_entity} as the API gives it. */
export interface %{Type} extends %{Type}Input {
  id: string;
  %{extra_fields}
  created_at: string;
  updated_at: string;
}

/** Figures about everything that is listed. */
export interface Summary {
  %{summary_fields}
}
// @if children

%{child_types}
// @end
