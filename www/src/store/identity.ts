/** What a data set is known by: a hash of its content, where the core gives one. */
export function identityOf({ name, identity = name }: { readonly name: string; readonly identity?: string }): string {
  return identity;
}
