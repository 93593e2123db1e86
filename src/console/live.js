/**
 * The only script: what changes by itself is fetched anew and put in its place, and once it has come to rest
 * the page is loaded again. Without it, the browser loads the page every few seconds.
 */
const again = async (part) => {
  await new Promise((done) => setTimeout(done, Number(part.dataset.again) * 1000))
  if (document.hidden) return again(part)
  let fresh
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
    if (answer.redirected) return location.reload()
    fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(part.id)
  } catch {
    return again(part)
  }
  if (!fresh?.dataset.again) return location.reload()
  part.replaceWith(fresh)
  return again(fresh)
}
for (const part of document.querySelectorAll('[data-again]')) void again(part)
document.getElementById('error')?.focus()
