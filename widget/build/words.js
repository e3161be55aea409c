/** The widget's words: what it needs of content/, its variables filled. */

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

// Whom to turn to in danger, the first first.
const FIRST_LINES = ['emergency', 'lifeline', 'lifeline_text'];

/** Returns the words as a plain object, read from a folder of YAML files. */
export function words(folder) {
  const read = (name) => parse(readFileSync(`${folder}/${name}.yml`, 'utf8'));
  const { services } = read('services');
  const { starters, questions } = read('questions');
  const { notices } = read('notices');
  const { page, fields, collection_notice, received, about_topic } = read('contact_form');
  const { chat, sure, deletion, help, offline, faults, form } = read('widget');
  const variables = Object.fromEntries(Object.entries(services).map(([name, { number }]) => [name, number]));
  const titles = Object.fromEntries(Object.entries(questions).map(([topic, { title }]) => [topic, title]));
  return filled(
    {
      chat,
      sure,
      deletion,
      help: { ...help, lines: FIRST_LINES.map((name) => services[name]).map(line) },
      offline,
      faults,
      form,
      contactForm: { page, fields, notice: collection_notice, received, aboutTopic: about_topic },
      disclaimer: notices.general_information.text,
      emergency: services.emergency,
      services: Object.values(services).map(({ number, url }) => ({ number, url })),
      starters,
      titles,
      contactButton: notices.contact_button.text,
    },
    variables,
  );
}

/** Returns the link to a service, titled as the server titles it. */
function line({ number, call, url }) {
  return { title: call.includes(number) ? call : `${call} ${number}`, url };
}

/** Fills `{name}` in every text below a node; a name that stands for nothing is left for the widget itself. */
function filled(node, variables) {
  if (typeof node === 'string') return node.trim().replace(/\{(\w+)\}/g, (as_is, name) => variables[name] ?? as_is);
  if (Array.isArray(node)) return node.map((below) => filled(below, variables));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(Object.entries(node).map(([key, below]) => [key, filled(below, variables)]));
}
