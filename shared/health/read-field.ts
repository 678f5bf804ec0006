import { isJsonObject, type Json, type JsonObject, jsonAt } from '../model/json.ts';

type Path = readonly (string | number)[];

/** The number at a path, or 0, as Go reads an absent one. */
export function numberAt(value: Json, ...path: Path): number {
  const found = jsonAt(value, ...path);
  return typeof found === 'number' ? found : 0;
}

/** The text at a path, or ''. */
export function textAt(value: Json, ...path: Path): string {
  const found = jsonAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The objects in the list at a path; none where there is no list. */
export function objectsAt(value: Json, ...path: Path): readonly JsonObject[] {
  const found = jsonAt(value, ...path);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}
