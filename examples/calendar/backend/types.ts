/** What a person can fill in for an event. */
export interface EventItemInput {
  title: string;
  date: string;
  time: string | null;
  notes: string;
}

/** An event as the API gives it. */
export interface EventItem extends EventItemInput {
  id: string;
  created_at: string;
  updated_at: string;
}

/** Figures about everything that is listed. */
export interface Summary {
  count: number;
}

/** Something of another app, as its events told. */
export interface Synced {
  id: string;
  source: string;
  kind: string;
  title: string;
  date: string | null;
  time: string | null;
  done: boolean;
}
