import { ApiError } from "@atoll/sdk";

/** What the backend said about each field, or one message under "" when it is about the whole. */
export function problemsOf(error: unknown): Record<string, string> {
  const { message, fields } = bodyOf(error);
  return fields && Object.keys(fields).length > 0 ? fields : { "": message };
}

export function messageOf(error: unknown): string {
  return bodyOf(error).message;
}

function bodyOf(error: unknown): { message: string; fields?: Record<string, string> } {
  if (error instanceof ApiError && typeof error.details === "object" && error.details !== null) {
    const { message, fields } = error.details as { message?: string; fields?: Record<string, string> };
    return { message: message ?? error.message, fields };
  }
  return { message: error instanceof Error ? error.message : "That did not work. Please try again." };
}
