/** Functions that authors know from elsewhere, and why there are none here. */
export const refusedFunctions: ReadonlyMap<string, string> = new Map([
  ['env', 'a template must not read the environment of the program that renders it'],
  ['expandenv', 'a template must not read the environment of the program that renders it'],
  ['getHostByName', 'a template must not ask the network: names could carry secrets out'],
  ['include', 'that is a function of Helm; use {{template "name" .}}'],
  ['tpl', 'that is a function of Helm; write the text into the template'],
  ['required', 'that is a function of Helm; a missing key fails by itself with .name'],
  ['lookup', 'that is a function of Helm; read the object through a store'],
]);
