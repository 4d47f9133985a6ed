/** The page: four views of one state. */
import { createApp } from './app';
import { BASE } from './run/desk';
import { keepOffline } from './served/offline';
import { mountShell } from './view/shell/shell';
import { VIEW_PROGRAMS } from './views';

const place = document.getElementById('page');
if (place !== null) mountShell(createApp(), VIEW_PROGRAMS, place);
keepOffline(BASE);
