/** True for a version that only means itself, such as `1.2.3`; a range means another one when there is a newer. */
export function isFixedVersion(version: string): boolean {
  return /^v?\d+\.\d+\.\d+[^\s<>=*|^~,]*$/.test(version);
}
