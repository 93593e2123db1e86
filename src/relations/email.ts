/** Good enough for PowerOffice to take it: it refuses a whole record for one bad address (poweroffice/API.md §10). */
export const isEmail = (text: string): boolean => text.length <= 254 && EMAIL.test(text)

/** No dot at an end or beside another, and no hyphen at the end of a part of the domain. */
const EMAIL =
  /^[^\s@,;:<>()[\]\\".\p{C}]+(?:\.[^\s@,;:<>()[\]\\".\p{C}]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}][\p{L}\p{N}-]*$/u
