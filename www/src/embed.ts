/** One view for an iframe: the one that the link names, with the controls that it leaves. */
import { createApp } from './app';
import { VIEW_PROGRAMS } from './views';
import { mountShell } from './view/shell/shell';

const place = document.getElementById('page');
if (place !== null) {
  place.classList.add('framed-page');
  mountShell(createApp({ framed: true }), VIEW_PROGRAMS, place, { framed: true });
}
