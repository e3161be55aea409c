/** Where the log is to be scrolled to. */

// Pixels above what is brought to the top.
const MARGIN = 12;

/**
 * Brings what matters to the eye: help at the very top; else the latest question above its answer, as far up as the
 * answer's beginning stays and what can be asked next is seen. Where there is little height, all of the panel scrolls.
 */
export function showLatest(log, panel) {
  const scroller = getComputedStyle(log).overflowY === 'visible' ? panel : log;
  const begin = scroller.getBoundingClientRect().top - scroller.scrollTop;
  const top = (element) => element.getBoundingClientRect().top - begin - MARGIN;
  const bottom = (element) => element.getBoundingClientRect().bottom - begin + MARGIN - scroller.clientHeight;
  const items = [...log.querySelectorAll('li')];
  const asked = items.findLast((item) => item.matches('.visitor'));
  if (!asked) return;
  const answers = items.slice(items.indexOf(asked) + 1);
  const danger = answers.map((item) => item.querySelector('.danger')).find(Boolean) ?? log.querySelector('.offline');
  if (danger) {
    scroller.scrollTo({ top: top(danger), behavior: 'instant' });
    return;
  }
  const typing = log.querySelector('.typing');
  let place = Math.max(top(asked), typing ? bottom(typing) : 0);
  if (answers.length) {
    const next = answers.at(-1).querySelector('.replies') ?? answers.at(-1);
    const isLong = asked.offsetHeight > scroller.clientHeight / 3;
    place = Math.min(top(answers[0]), isLong ? Infinity : Math.max(top(asked), bottom(next)));
  }
  scroller.scrollTop = place;
}
