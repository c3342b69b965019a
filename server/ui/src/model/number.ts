/** A number with separators of thousands; dots while it is not known. */
export const number = (n: number | undefined): string => (n === undefined ? '…' : n.toLocaleString('en'));
