/**
 * Where an object says which of its fields, beside the data of a Secret, hold secret values: `labels/KEY`, `annotations/KEY`, and `body` for all
 * but the metadata, with spaces between. It is on the live object too, so that a diff masks them whoever has changed or let go of it.
 */
export const secretFieldsAnnotation = 'plumbline.dev/secret-fields';
