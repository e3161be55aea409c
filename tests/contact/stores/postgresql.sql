CREATE TABLE public.enquiries (
    id integer NOT NULL,
    reference character varying(9) NOT NULL,
    submission character varying(64) NOT NULL,
    token character varying(64) NOT NULL,
    received_at double precision NOT NULL,
    role character varying(20) NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    phone text NOT NULL,
    about text NOT NULL,
    topic character varying(80) NOT NULL,
    practice text NOT NULL,
    provider_number character varying(20) NOT NULL,
    conversation text,
    marks character varying(200) NOT NULL
);
CREATE SEQUENCE public.enquiries_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.enquiries_id_seq OWNED BY public.enquiries.id;
CREATE TABLE public.feedback (
    conversation character varying(80) NOT NULL,
    topic character varying(80) NOT NULL,
    helpful boolean NOT NULL,
    given_at double precision NOT NULL
);
CREATE TABLE public.origins (
    enquiry_id integer NOT NULL,
    conversation character varying(80) NOT NULL
);
CREATE TABLE public.outbox (
    id integer NOT NULL,
    enquiry_id integer NOT NULL,
    key character varying(36) NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at double precision,
    delivered_at double precision,
    last_error character varying(200) NOT NULL
);
CREATE SEQUENCE public.outbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
ALTER TABLE ONLY public.enquiries ALTER COLUMN id SET DEFAULT nextval('public.enquiries_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
INSERT INTO public.enquiries VALUES (1, 'Y84R-AK34', 'c054cee8db2c9a172da2e62cdbcc35f5011baf5e337484a43da3d75b806012aa', 't1', 1780000000, 'patient', 'Ánh Kim', 'anh@example.com', '', 'Delivered long ago', 'dosing', '', '', '[{"who": "visitor", "text": "how often?"}, {"who": "bot", "text": "It depends."}]', '');
INSERT INTO public.enquiries VALUES (2, 'PCWE-NAF4', '66fccd3710a89062d6ee3c225331f9a5aa4da1c0e4c9d3f12721b14de512e619', 't2', 1780000100, 'carer', 'Bo Lee', '', '+61 491 570 156', 'Waits, the mail server was down', '', '', '', NULL, '');
INSERT INTO public.enquiries VALUES (3, 'NH86-EW7W', '0669f6ac2dd0e95788c1f8ca7eff305e7974fc38403107b54adb12b871e9327d', 't3', 1780000200, 'referrer', 'Dr Cy Roe', 'cy@example.com', '', 'Put aside: https://a.example', '', 'Main St', '2426621X', NULL, 'honeypot links');
INSERT INTO public.feedback VALUES ('browser-1', 'dosing', true, 1780000000);
INSERT INTO public.origins VALUES (1, 'browser-1');
INSERT INTO public.outbox VALUES (1, 1, '702cd0fed03892779294f0425a30e789', 1, NULL, 1780000002, '');
INSERT INTO public.outbox VALUES (2, 2, '2bf6cf3f9d235bf1307afd3af8cd93cb', 1, 1780000108.621767, NULL, 'SMTPServerDisconnected');
INSERT INTO public.outbox VALUES (3, 3, '4e2db2a427a7da91d22c614faaceff8e', 0, NULL, NULL, '');
SELECT pg_catalog.setval('public.enquiries_id_seq', 3, true);
SELECT pg_catalog.setval('public.outbox_id_seq', 3, true);
ALTER TABLE ONLY public.enquiries
    ADD CONSTRAINT enquiries_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.enquiries
    ADD CONSTRAINT enquiries_reference_key UNIQUE (reference);
ALTER TABLE ONLY public.enquiries
    ADD CONSTRAINT enquiries_submission_key UNIQUE (submission);
ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_pkey PRIMARY KEY (conversation, topic);
ALTER TABLE ONLY public.origins
    ADD CONSTRAINT origins_pkey PRIMARY KEY (enquiry_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_enquiry_id_key UNIQUE (enquiry_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_key_key UNIQUE (key);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
CREATE INDEX ix_enquiries_received_at ON public.enquiries USING btree (received_at);
CREATE INDEX ix_enquiries_token ON public.enquiries USING btree (token);
CREATE INDEX ix_feedback_given_at ON public.feedback USING btree (given_at);
CREATE INDEX ix_outbox_next_attempt_at ON public.outbox USING btree (next_attempt_at);
ALTER TABLE ONLY public.origins
    ADD CONSTRAINT origins_enquiry_id_fkey FOREIGN KEY (enquiry_id) REFERENCES public.enquiries(id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_enquiry_id_fkey FOREIGN KEY (enquiry_id) REFERENCES public.enquiries(id);
