PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE enquiries (
	id INTEGER NOT NULL, 
	reference VARCHAR(9) NOT NULL, 
	submission VARCHAR(64) NOT NULL, 
	token VARCHAR(64) NOT NULL, 
	received_at FLOAT NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT NOT NULL, 
	phone TEXT NOT NULL, 
	about TEXT NOT NULL, 
	topic VARCHAR(80) NOT NULL, 
	practice TEXT NOT NULL, 
	provider_number VARCHAR(20) NOT NULL, 
	conversation TEXT, 
	marks VARCHAR(200) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (reference), 
	UNIQUE (submission)
);
INSERT INTO enquiries VALUES(1,'AYD6-TBRM','c054cee8db2c9a172da2e62cdbcc35f5011baf5e337484a43da3d75b806012aa','t1',1780000000.0,'patient','Ánh Kim','anh@example.com','','Delivered long ago','dosing','','','[{"who": "visitor", "text": "how often?"}, {"who": "bot", "text": "It depends."}]','');
INSERT INTO enquiries VALUES(2,'V435-2KK3','66fccd3710a89062d6ee3c225331f9a5aa4da1c0e4c9d3f12721b14de512e619','t2',1780000100.0,'carer','Bo Lee','','+61 491 570 156','Waits, the mail server was down','','','',NULL,'');
INSERT INTO enquiries VALUES(3,'9W5Q-CB49','0669f6ac2dd0e95788c1f8ca7eff305e7974fc38403107b54adb12b871e9327d','t3',1780000200.0,'referrer','Dr Cy Roe','cy@example.com','','Put aside: https://a.example','','Main St','2426621X',NULL,'honeypot links');
CREATE TABLE feedback (
	conversation VARCHAR(80) NOT NULL, 
	topic VARCHAR(80) NOT NULL, 
	helpful BOOLEAN NOT NULL, 
	given_at FLOAT NOT NULL, 
	PRIMARY KEY (conversation, topic)
);
INSERT INTO feedback VALUES('browser-1','dosing',1,1780000000.0);
CREATE TABLE origins (
	enquiry_id INTEGER NOT NULL, 
	conversation VARCHAR(80) NOT NULL, 
	PRIMARY KEY (enquiry_id), 
	FOREIGN KEY(enquiry_id) REFERENCES enquiries (id)
);
INSERT INTO origins VALUES(1,'browser-1');
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	enquiry_id INTEGER NOT NULL, 
	"key" VARCHAR(36) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_attempt_at FLOAT, 
	delivered_at FLOAT, 
	last_error VARCHAR(200) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (enquiry_id), 
	FOREIGN KEY(enquiry_id) REFERENCES enquiries (id), 
	UNIQUE ("key")
);
INSERT INTO outbox VALUES(1,1,'4a3cda46ed3a720fff2707443a3bf565',1,NULL,1780000002.0,'');
INSERT INTO outbox VALUES(2,2,'3d9907ce8dc3fc86ceb8bcb6f069425a',1,1780000109.0646159648,NULL,'SMTPServerDisconnected');
INSERT INTO outbox VALUES(3,3,'d016fece24f8e7e9648625a811f58b2f',0,NULL,NULL,'');
CREATE INDEX ix_enquiries_received_at ON enquiries (received_at);
CREATE INDEX ix_enquiries_token ON enquiries (token);
CREATE INDEX ix_feedback_given_at ON feedback (given_at);
CREATE INDEX ix_outbox_next_attempt_at ON outbox (next_attempt_at);
COMMIT;
